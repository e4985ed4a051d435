import 'winston';
