import 'io-ts/es6/index.js';
