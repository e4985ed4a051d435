import 'fp-ts';
