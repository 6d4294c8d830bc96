import type { LogLevel } from "./settings.js";

/** What a line says; undefined fields are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

const levels: readonly LogLevel[] = ["error", "warn", "info"];

/** A log of JSON objects, one a line: `time`, `level` and `event` first. */
export class JsonLog {
  readonly #output: { write(text: string): unknown };
  readonly #shown: number;
  readonly #always: LogFields;

  /** @param always fields of every line. */
  constructor(output: { write(text: string): unknown }, level: LogLevel, always: LogFields = {}) {
    this.#output = output;
    this.#shown = levels.indexOf(level);
    this.#always = always;
  }

  /** Writes a line, unless its level is not asked for. */
  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    if (levels.indexOf(level) > this.#shown) return;
    const time = new Date().toISOString();
    this.#output.write(`${JSON.stringify({ time, level, event, ...this.#always, ...fields })}\n`);
  }
}

/** An error for the log: its code if it has one, and what caused it. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) };
  const { code } = error as { readonly code?: unknown };
  const cause = error.cause === undefined ? undefined : String(error.cause);
  return { error: error.message, code: typeof code === "string" ? code : undefined, cause };
}
