import type { Socket } from 'node:dgram';
export type Wire = Socket;
