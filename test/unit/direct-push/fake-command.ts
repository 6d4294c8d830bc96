import type {
  Command,
  CommandContext,
  CommandOutcome,
  CommandRequest,
} from "../../../src/commands/command.js";
import type { DirectPushOptions } from "../../../src/options.js";
import { DirectPushServer } from "../../../src/server/direct-push-server.js";
import { resolveOptions } from "../../../src/server/resolved-options.js";
import { FakeClock } from "../../../src/testing/fake-clock.js";
import { MemoryMailbox } from "../../../src/testing/memory-mailbox.js";
import { AirSync, element, FolderHierarchy, Ping, textElement } from "../../../src/wbxml/index.js";

/** What a fake command does with its request. */
export type Run = (request: CommandRequest, context: CommandContext) => Promise<CommandOutcome>;

/** A command that does what it is told; a Sync unless said otherwise. */
export function fakeCommand(run: Run, changes: Partial<Command> = {}): Command {
  return {
    name: "Sync",
    rootTag: AirSync.Sync,
    statusTag: AirSync.Status,
    since: "12.1",
    needsPolicyKey: true,
    needsBody: false,
    run,
    ...changes,
  };
}

/** A fake Ping, which has its own answer to what cannot be decoded. */
export function fakePing(run: Run, changes: Partial<Command> = {}): Command {
  return fakeCommand(run, {
    name: "Ping",
    rootTag: Ping.Ping,
    statusTag: Ping.Status,
    needsPolicyKey: false,
    undecodable: () => element(Ping.Ping, [textElement(Ping.Status, 4)]),
    ...changes,
  });
}

/** A fake FolderSync. */
export function fakeFolderSync(run: Run, changes: Partial<Command> = {}): Command {
  return fakeCommand(run, {
    name: "FolderSync",
    rootTag: FolderHierarchy.FolderSync,
    statusTag: FolderHierarchy.Status,
    needsBody: true,
    ...changes,
  });
}

/** An outcome with Status 1. */
export const done: CommandOutcome = {
  kind: "document",
  document: element(AirSync.Sync, [textElement(AirSync.Status, 1)]),
};

/** A hold that nothing changes, for a minute, answered by a Ping document with the outcome's kind for its Status. */
export function holdForMinute(
  request: CommandRequest,
  context: CommandContext,
  seconds = 60,
): CommandOutcome {
  const { receivedAtMs, sequence } = request;
  return {
    kind: "hold",
    hold: {
      mailbox: context.mailboxRef,
      deviceId: context.device.id,
      command: "Ping",
      folders: [{ folder: "inbox", marker: undefined }],
      heartbeatSeconds: seconds,
      receivedAtMs,
      sequence,
      confirm: async () => false,
    },
    resume: ({ kind }) => ({
      kind: "document",
      document: element(Ping.Ping, [textElement(Ping.Status, kind)]),
    }),
  };
}

/** A server with fake commands, a fake clock, and a policy that lets everyone pass. */
export function fakeServer(
  commands: readonly Command[],
  options: Partial<DirectPushOptions> = {},
  checkPolicyKey: (
    request: CommandRequest,
    context: CommandContext,
  ) => Promise<number | undefined> = async () => undefined,
): { readonly server: DirectPushServer; readonly clock: FakeClock; readonly mailbox: MemoryMailbox } {
  const clock = new FakeClock();
  const mailbox = new MemoryMailbox({ clock });
  const resolved = resolveOptions({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" && attempt.password === "alice"
        ? { kind: "user", user: attempt.user }
        : { kind: "refused" },
    ...options,
  });
  return { server: new DirectPushServer(resolved, commands, checkPolicyKey), clock, mailbox };
}
