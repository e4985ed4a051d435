import 'io-ts/lib/PathReporter.js';
