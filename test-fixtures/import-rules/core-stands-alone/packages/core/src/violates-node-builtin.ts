import 'node:dgram';
