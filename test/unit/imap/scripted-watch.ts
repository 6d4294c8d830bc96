import {
  type ImapChangeSourceOptions,
  ImapConnections,
  ImapFolders,
  imapChangeSource,
} from "direct-push/imap";
import { FakeClock } from "direct-push/testing";
import type { ScriptedImapServer } from "./scripted-imap-server.js";

/** The user that a {@link ScriptedImapServer} lets in. */
export const alice = { user: "alice", login: { kind: "password", user: "alice", password: "secret" } };

/** A change source in front of a scripted server, on a clock of its own. */
export function watchedServer(server: ScriptedImapServer, options: ImapChangeSourceOptions = {}) {
  const clock = new FakeClock();
  const connections = new ImapConnections({ host: "127.0.0.1", port: server.port, tls: "none", clock });
  const folders = new ImapFolders(connections, { makeMissing: false });
  const source = imapChangeSource(connections, folders, options);
  return {
    clock,
    source,
    connections,
    inbox: async () => (await folders.folders(alice)).find(({ kind }) => kind === "inbox")?.id ?? "",
    close: async () => {
      source.close();
      await connections.close();
    },
  };
}
