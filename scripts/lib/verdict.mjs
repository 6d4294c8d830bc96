import { resolve } from "node:path";

/** The value after `--name` on the command line, or the fallback. */
export function option(name, fallback) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? fallback : (process.argv[at + 1] ?? fallback);
}

/** Whether `--name` stands on the command line. */
export function flag(name) {
  return process.argv.includes(`--${name}`);
}

/** The arguments that are neither options nor the values of the options named. */
export function positional(optionNames) {
  const args = process.argv.slice(2);
  return args.filter((arg, index) => {
    const before = args[index - 1];
    return !arg.startsWith("--") && !(before?.startsWith("--") && optionNames.includes(before.slice(2)));
  });
}

/** The checkout to look at: `--root DIR`, or the current folder. */
export function rootFolder() {
  return resolve(option("root", "."));
}

/** Prints the problems, one a line, and sets the exit code; prints `passed` when there are none. */
export function conclude(check, problems, passed) {
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) {
    console.log(`${check}: ${passed}`);
    return;
  }
  console.error(`${check}: ${problems.length} ${problems.length === 1 ? "problem" : "problems"}`);
  process.exitCode = 1;
}
