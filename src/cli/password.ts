import type { ReadStream } from "node:tty";

/** Where a password is read from, and what it is asked for with. */
export interface PasswordPrompt {
  readonly input: Pick<ReadStream, "isTTY" | "setRawMode" | "on" | "off" | "resume" | "pause">;
  readonly output: { write(text: string): unknown };
}

/** What came of asking. */
export type PasswordAnswer =
  | { readonly kind: "given"; readonly password: string }
  /** Ctrl-C or Ctrl-D. */
  | { readonly kind: "refused" }
  /** Nobody is there to ask. */
  | { readonly kind: "no-terminal" };

/** Asks for a password on a terminal, without showing what is typed. */
export function askPassword(question: string, { input, output }: PasswordPrompt): Promise<PasswordAnswer> {
  if (input.isTTY !== true) return Promise.resolve({ kind: "no-terminal" });
  return new Promise((resolve) => {
    let typed = "";
    const end = (answer: PasswordAnswer): void => {
      input.off("data", onData);
      input.setRawMode(false);
      input.pause();
      output.write("\n");
      resolve(answer);
    };
    const onData = (chunk: Buffer | string): void => {
      for (const key of chunk.toString()) {
        const isDone = key === "\r" || key === "\n";
        if (isDone || key === "\u0003" || key === "\u0004") {
          end(isDone ? { kind: "given", password: typed } : { kind: "refused" });
          return;
        }
        if (key === "\u007f" || key === "\b") typed = [...typed].slice(0, -1).join("");
        else if (key >= " ") typed += key;
      }
    };
    // Before the question: what is typed as soon as it is seen must not be shown.
    input.setRawMode(true);
    output.write(question);
    input.on("data", onData);
    input.resume();
  });
}

/** Where a command gets a password from. */
export interface PasswordSource {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: PasswordPrompt["input"];
  readonly stderr: PasswordPrompt["output"];
}

/** The password in `DIRECT_PUSH_PASSWORD`, or one that is asked for. Undefined when there is none; where nobody can be asked, it says so. */
export async function givenPassword(
  question: string,
  { environment, stdin, stderr }: PasswordSource,
): Promise<string | undefined> {
  const set = environment["DIRECT_PUSH_PASSWORD"];
  if (set !== undefined) return set;
  const answer = await askPassword(question, { input: stdin, output: stderr });
  if (answer.kind === "given") return answer.password;
  if (answer.kind === "no-terminal") {
    stderr.write("There is no terminal to ask for the password: set DIRECT_PUSH_PASSWORD.\n");
  }
  return undefined;
}
