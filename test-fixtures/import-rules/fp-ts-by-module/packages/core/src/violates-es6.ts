import 'fp-ts/es6/index.js';
