# Rewrites the text of iproute2 6.1 in the way of 4.9 (ip/ipaddress.c of v4.9.0).
# usage: sed -E -f as-4.9.sed 6.1/link.txt > 4.9/link.txt, and so on
s/ allmulti [0-9]+//
s/ (minmtu|maxmtu|gso_max_size|gso_max_segs|tso_max_size|tso_max_segs|gro_max_size) [0-9]+//g
s/ link-netns [^ ]+/ link-netnsid 0/
s/ metric [0-9]+ scope/ scope/
s/ dadfailed tentative/ tentative dadfailed/
s/ dynamic noprefixroute/ noprefixroute dynamic/
