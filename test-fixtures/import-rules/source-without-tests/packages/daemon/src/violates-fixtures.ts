import '../../../test-fixtures/src/index.js';
