import 'fp-ts/lib/index.js';
