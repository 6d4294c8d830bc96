/** What docs/protocol.md says of commands and their Statuses. */
import { readFileSync } from "node:fs";

/** What every command can give, which the table of commands leaves out. */
export const commonCodes: readonly number[] = [
  101, 102, 103, 108, 109, 110, 129, 137, 138, 140, 141, 142, 143, 144,
];

/** A row of the table of commands. */
export interface DocumentedCommands {
  readonly commands: readonly string[];
  readonly versions: string;
  readonly codes: readonly number[];
}

/** The table of commands. */
export function documentedCommands(): readonly DocumentedCommands[] {
  const text = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
  const [, table = ""] = /\n## Commands\n[\s\S]*?\n((?:\|.*\n)+)/.exec(text) ?? [];
  return table
    .split("\n")
    .slice(2, -1)
    .map((line) => {
      const [, commands = "", versions = "", , codes = ""] = line.split("|").map((cell) => cell.trim());
      return {
        commands: commands.split(", "),
        versions,
        codes: codes === "HTTP" ? [] : codes.split(", ").map(Number),
      };
    });
}
