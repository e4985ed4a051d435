import 'io-ts/Decoder';
