import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A mail that the server took. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly login: unknown;
}

/** A submission server that answers as it is told. */
export interface SubmissionServer {
  readonly port: number;
  readonly taken: readonly TakenMail[];
  close(): Promise<void>;
}

/** What the server says instead of yes. */
export function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Starts one that takes every login whose password is `secret`. */
export async function submissionServer(options: SMTPServerOptions = {}): Promise<SubmissionServer> {
  const taken: TakenMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    allowInsecureAuth: true,
    authMethods: ["PLAIN", "XOAUTH2"],
    onAuth: ({ username, password, accessToken }, _session, done) => {
      if (password === "secret" || accessToken === "token") done(null, { user: username });
      else done(refusal(535, "5.7.8 No"));
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? "" : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        taken.push({ from, to, text: Buffer.concat(pieces).toString(), login: session.user });
        done(null, "queued");
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return { port, taken, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

/** A server that takes everything, and writes down each line that it hears: what logins look like on the wire. */
export async function listeningServer(): Promise<{ port: number; lines: readonly string[]; close(): void }> {
  const lines: string[] = [];
  const server = createServer((socket) => {
    let isInData = false;
    socket.write("220 here\r\n");
    createInterface(socket).on("line", (line) => {
      lines.push(line);
      if (isInData && line !== ".") return;
      isInData = line === "DATA";
      const [command = ""] = line.split(" ");
      const answers: Readonly<Record<string, string>> = {
        EHLO: "250-here\r\n250 AUTH PLAIN",
        DATA: "354 go",
      };
      socket.write(`${answers[command] ?? (command === "AUTH" ? "235 yes" : "250 yes")}\r\n`);
    });
    socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, lines, close: () => server.close() };
}
