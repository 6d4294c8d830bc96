import { Agent, request } from "node:http";
import { decode, encode, type WbxmlElement } from "direct-push/wbxml";

/** Who a phone is, on the wire. */
export interface PhoneAccount {
  /** Where the server listens, with the ActiveSync path. */
  readonly url: URL;
  readonly user: string;
  readonly password: string;
  readonly deviceId: string;
  readonly deviceType: string;
}

/** What the server answered. */
export interface PhoneAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Undefined when the body was empty. */
  readonly document: WbxmlElement | undefined;
}

/** The HTTP side of a phone: one POST for each command, over sockets that stay open in between. */
export class PhoneConnection {
  readonly #account: PhoneAccount;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #abort = new AbortController();
  /** Sent with each command but Ping, once the server has given one. */
  policyKey = "0";

  constructor(account: PhoneAccount) {
    this.#account = account;
  }

  /** Sends one command; waits for as long as the server holds it. */
  async send(command: string, document?: WbxmlElement): Promise<PhoneAnswer> {
    const { url, user, deviceId, deviceType } = this.#account;
    const query = new URLSearchParams({
      Cmd: command,
      User: user,
      DeviceId: deviceId,
      DeviceType: deviceType,
    });
    const body = document === undefined ? undefined : encode(document);
    return await this.#exchange("POST", `${url.pathname}?${query.toString()}`, body, command !== "Ping");
  }

  /** Asks what the server speaks. */
  async options(): Promise<PhoneAnswer> {
    return await this.#exchange("OPTIONS", this.#account.url.pathname, undefined, false);
  }

  /** Drops whatever is open. */
  close(): void {
    this.#abort.abort();
    this.#agent.destroy();
  }

  #exchange(
    method: string,
    path: string,
    body: Uint8Array | undefined,
    withPolicyKey: boolean,
  ): Promise<PhoneAnswer> {
    const { url, user, password } = this.#account;
    const headers: Record<string, string | number> = {
      authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
      "ms-asprotocolversion": "16.1",
      "user-agent": "direct-push-demo/1.0",
      "content-length": body?.length ?? 0,
    };
    if (body !== undefined) headers["content-type"] = "application/vnd.ms-sync.wbxml";
    if (withPolicyKey) headers["x-ms-policykey"] = this.policyKey;
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          signal: this.#abort.signal,
          host: url.hostname,
          port: url.port,
          method,
          path,
          headers,
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const bytes = Buffer.concat(chunks);
            const document = incoming.statusCode === 200 && bytes.length > 0 ? decode(bytes) : undefined;
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, document });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}
