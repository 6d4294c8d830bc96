import { probeCommand } from "../../src/cli/probe/probe-command.js";

/** What a probe said. */
export interface ProbeOutput {
  readonly exitStatus: 0 | 1 | 2;
  readonly text: string;
}

/** Runs `direct-push probe` in this process, with seconds for minutes. */
export async function heldProbe(port: number, ...args: readonly string[]): Promise<ProbeOutput> {
  let text = "";
  const exitStatus = await probeCommand(
    [`http://127.0.0.1:${port}`, "--user", "alice@example.com", "--margin", "1s", ...args],
    {
      environment: { DIRECT_PUSH_PASSWORD: "alice" },
      stdin: process.stdin,
      stdout: {
        write: (part) => {
          text += part;
        },
      },
      stderr: { write: () => {} },
      signal: new AbortController().signal,
    },
  );
  return { exitStatus, text };
}
