/** What a person is told about a configuration: where, what was found, what is accepted. */

/**
 * - `line`: one line cannot be read.
 * - `component`: one listener or card is not usable.
 * - `whole`: nothing can run with this.
 */
export type Scope = 'line' | 'component' | 'whole';

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** How far an error reaches; of a warning, whom it speaks of. */
  readonly scope: Scope;
  readonly file: string;
  /** 1-based; null where no line says it. */
  readonly line: number | null;
  readonly key: string | null;
  /** The value as it was found; null where there is none. */
  readonly found: string | null;
  /** What would have been accepted; null where that question does not arise. */
  readonly accepted: string | null;
  /** One sentence that holds key, value and what is accepted; without file and line. */
  readonly message: string;
}

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error';

/** `FILE:LINE: error: message`, the form that editors and compilers share. */
export function formatDiagnostic({ file, line, severity, message }: Diagnostic): string {
  return `${line === null ? file : `${file}:${String(line)}`}: ${severity}: ${message}`;
}
