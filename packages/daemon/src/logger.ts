/** The log: winston's levels and formats, to standard error and to the rotated file. The one file that knows winston. */
import { LOG_FILE, type LogLevel } from '@fastbypass/core';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import winston from 'winston';
import { isJournal } from './journal.js';
import { LogFile, descriptor } from './log-file.js';
import { LogSink } from './log-sink.js';

export interface Logger {
  readonly error: (message: string) => void;
  readonly warning: (message: string) => void;
  readonly info: (message: string) => void;
  readonly debug: (message: string) => void;
  /** Whether `debug` writes anything. */
  readonly isDebug: () => boolean;
  readonly setLevel: (level: LogLevel) => void;
  /** Why the log is incomplete at the moment, in sentences. */
  readonly problems: () => readonly string[];
  /** Gets out what is waiting; returns within a second whatever the destinations do. False: one of them is stuck. */
  readonly close: () => Promise<boolean>;
}

const LEVELS = { error: 0, warning: 1, info: 2, debug: 3 } as const;
const nameOf = (level: LogLevel): keyof typeof LEVELS => level.toLowerCase() as Lowercase<LogLevel>;

/** Of syslog(3), as sd-daemon(3) reads them at the beginning of a line. */
const PRIORITIES = { error: 3, warning: 4, info: 6, debug: 7 } as const;

/** ms that a stopping daemon waits for its last lines. */
const LAST_LINES = 500;

const { printf } = winston.format;
type Line = ReturnType<typeof printf>;

/** For a file or a person. */
const timedLine = printf(({ timestamp, level, message }) => `${String(timestamp)} ${level.toUpperCase().padEnd(7)} ${String(message)}`);

/** For the journal, which keeps the time and reads the priority, of each line by itself. */
const journalLine = printf(({ level, message }) => {
  const priority = `<${String(PRIORITIES[level as keyof typeof PRIORITIES])}>`;
  return `${priority}${String(message).replaceAll('\n', `\n${priority}`)}`;
});

/** winston's own File transport loses lines silently after a full disk and does not go on when there is room again. */
const transportTo = (sink: LogSink, format: Line): winston.transports.StreamTransportInstance =>
  new winston.transports.Stream({
    eol: '',
    format,
    stream: new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        sink.add(line);
        done();
      },
    }),
  });

/**
 * @param logDir where `fastbypass_monitor.log` stands; null: standard error alone
 */
export function createLogger(level: LogLevel, logDir: string | null): Logger {
  const sinks = [{ name: 'standard error', sink: new LogSink(descriptor(2)), format: isJournal(2, process.env) ? journalLine : timedLine }];
  if (logDir !== null) sinks.push({ name: join(logDir, LOG_FILE), sink: new LogSink(new LogFile(join(logDir, LOG_FILE))), format: timedLine });
  const logger = winston.createLogger({
    levels: LEVELS,
    level: nameOf(level),
    format: winston.format.timestamp(),
    transports: sinks.map(({ sink, format }) => transportTo(sink, format)),
  });
  const at = (name: keyof typeof LEVELS) => (message: string) => void logger.log(name, message);
  return {
    error: at('error'),
    warning: at('warning'),
    info: at('info'),
    debug: at('debug'),
    isDebug: () => logger.level === 'debug',
    setLevel: (next) => {
      logger.level = nameOf(next);
    },
    problems: () => sinks.flatMap(({ name, sink }) => (sink.problem === null ? [] : [`the log to ${name} is incomplete: ${sink.problem}`])),
    close: async () => (await Promise.all(sinks.map(({ sink }) => sink.drain(LAST_LINES)))).every(Boolean),
  };
}
