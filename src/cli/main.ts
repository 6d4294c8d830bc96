#!/usr/bin/env node
/** `npx direct-push`: a server, and tools for those who run one. */
import { probeCommand } from "./probe/probe-command.js";
import type { OpenBackend } from "./serve/mail-backend.js";
import { serveCommand } from "./serve/serve-command.js";

const help = `Usage: direct-push COMMAND

Commands:
  serve --imap URL         put Direct Push in front of a mail server
  probe URL --user USER    find out for how long the path to a server carries a held request, and what cuts it

direct-push COMMAND --help says more.
`;

const [command, ...given] = process.argv.slice(2);
switch (command) {
  case "probe":
    process.exitCode = await probe(given);
    break;
  case "serve":
    process.exitCode = await serve(given);
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

/** Ends by itself once all is closed: what is still written then is not cut off. */
async function serve(args: readonly string[]): Promise<0 | 1 | 2> {
  const { stdin, stdout, stderr, env: environment } = process;
  const exit = (status: number): void => process.exit(status);
  // Loaded when it is needed: its packages are optional.
  const openBackend: OpenBackend = async (settings, state) => {
    const { openImapBackend } = await import("./serve/imap-backend.js");
    return await openImapBackend(settings.mail, state);
  };
  const context = { environment, stdin, stdout, stderr, signals: process, exit, openBackend };
  const status = await serveCommand(args, context);
  // The line to the first process would keep a worker.
  if (process.connected) process.disconnect();
  return status;
}
