import { parseArgs } from "node:util";
import { serveFlags } from "./flags.js";
import { readOptionFile } from "./option-file.js";

/** The options as they were given, by command line or file. */
export type GivenOptions = Partial<ReturnType<typeof parseArgs<{ options: typeof serveFlags }>>["values"]>;

/** What can be wrong with what an operator wrote; the message says what and where. */
export class SettingsProblem extends Error {}

const noPassword =
  "A password is no argument: others can see it in the list of processes, and the shell keeps it. Use the environment: see --help.";

/** Reads the arguments after `serve`, and the file that `--config` names. @throws SettingsProblem */
export function givenOptions(args: readonly string[]): GivenOptions {
  // Refused before the parser can complain of anything else, whatever form it has.
  if (args.some((argument) => /^--[a-z-]*password(=|$)/.test(argument)))
    throw new SettingsProblem(noPassword);
  const given = parsed(args);
  return given.config === undefined ? given : { ...readFile(given.config), ...given };
}

function parsed(args: readonly string[]): GivenOptions {
  try {
    return { ...parseArgs({ args: [...args], options: serveFlags }).values };
  } catch (error) {
    throw new SettingsProblem(error instanceof Error ? error.message : String(error));
  }
}

function readFile(file: string): GivenOptions {
  let text: string;
  try {
    text = readOptionFile("--config", file).toString("utf8");
  } catch (error) {
    throw new SettingsProblem((error as Error).message);
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SettingsProblem(`${file} is no JSON: ${(error as Error).message}`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new SettingsProblem(`${file} must hold one JSON object`);
  }
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, inFile(file, name, value)]),
  );
}

/** Numbers are taken for options that have texts, as people write ports and counts so. */
function inFile(file: string, name: string, value: unknown): string | boolean | string[] {
  const wrong = (wanted: string): SettingsProblem => new SettingsProblem(`${file}: "${name}" ${wanted}`);
  if (/password/i.test(name))
    throw wrong("has no place in a file that others may read: use the environment, see --help");
  if (!Object.hasOwn(serveFlags, name) || name === "config" || name === "help") throw wrong("is no option");
  const flag: { readonly type: string; readonly multiple?: boolean } =
    serveFlags[name as keyof typeof serveFlags];
  if (flag.type === "boolean") {
    if (typeof value !== "boolean") throw wrong("must be true or false");
    return value;
  }
  if (flag.multiple === true) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((entry) => typeof entry === "string")) throw wrong("must be a text or a list of texts");
    return list;
  }
  if (typeof value !== "string" && typeof value !== "number") throw wrong("must be a text");
  return String(value);
}
