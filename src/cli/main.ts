#!/usr/bin/env node
/** `npx direct-push`: tools for those who run a server. */
import { probeCommand } from "./probe/probe-command.js";

const help = `Usage: direct-push COMMAND

Commands:
  probe URL --user USER    find out for how long the path to a server carries a held request, and what cuts it

direct-push COMMAND --help says more.
`;

const [command, ...given] = process.argv.slice(2);
switch (command) {
  case "probe":
    process.exitCode = await probe(given);
    break;
  case "--help":
  case "-h":
  case "help":
    process.stdout.write(help);
    break;
  default:
    process.stderr.write(command === undefined ? help : `There is no command "${command}".\n\n${help}`);
    process.exitCode = 2;
}

/** The first Ctrl-C ends the probe with a report of what is known by then; the second ends the process. */
async function probe(args: readonly string[]): Promise<0 | 1 | 2> {
  const stopped = new AbortController();
  process.once("SIGINT", () => stopped.abort());
  const { stdin, stdout, stderr, env: environment } = process;
  return await probeCommand(args, { environment, stdin, stdout, stderr, signal: stopped.signal });
}
