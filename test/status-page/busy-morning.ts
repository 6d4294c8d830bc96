import { StatusCollector } from "../../src/cli/observed/status-collector.js";
import { createDirectPush } from "../../src/index.js";
import { FakeClock, InProcessDevice, MemoryMailbox } from "../../src/testing/index.js";

const people = [
  "alice",
  "bob",
  "carla",
  "dmitri",
  "élodie",
  "farid",
  "grete",
  "hiro",
  "ines",
  "jonas",
  "karin",
  "luca",
];
const kinds = [
  ["APPL", "iPhone"],
  ["ANDR", "SamsungDevice"],
  ["PIXL", "Android"],
  ["IPAD", "iPad"],
] as const;
const heartbeats = [480, 840, 900, 1_680, 3_540, 280];
const mail = Buffer.from("From: office@example.com\r\nSubject: For the picture\r\n\r\nHello.\r\n");

/** Two hours of a small company's phones, on a clock of its own; the same each time. */
export async function busyMorning(): Promise<{ collector: StatusCollector; clock: FakeClock }> {
  const clock = new FakeClock({ nowMs: Date.UTC(2026, 2, 3, 7) });
  const mailbox = new MemoryMailbox();
  const server = createDirectPush({
    mailbox,
    source: mailbox,
    clock,
    authenticate: async (attempt) =>
      attempt.kind === "basic" ? { kind: "user", user: attempt.user } : { kind: "refused" },
  });
  const collector = new StatusCollector(server, { clock });
  const phones = people.map((name, index) => new MorningPhone(server, `${name}@example.com`, index));
  for (const phone of phones) {
    await phone.begin();
    await clock.advance(7_000);
  }
  for (let minute = 0; minute < 120; minute += 1) {
    for (const phone of phones) await phone.goOn(minute);
    if (minute % 3 === 0) {
      mailbox.deliver(`${people[(minute * 7) % people.length]}@example.com`, mail);
      await clock.advance(2_000);
    }
    await clock.advance(60_000);
  }
  const limit = { carriedSeconds: 280, lostSeconds: 300, end: "silent" } as const;
  const learned = { user: "farid@example.com", deviceId: "ANDR0005", network: "198.51.100.0/24", limit };
  server.events.emit("heartbeatLearned", learned);
  const likelyCulprits = ["nginx (proxy_read_timeout)"];
  server.events.emit("connectionsCut", { seconds: 60, network: undefined, networks: 3, likelyCulprits });
  for (const phone of phones) await phone.goOn(120);
  await clock.advance(41_000);
  for (const name of ["alice", "grete", "luca"]) mailbox.deliver(`${name}@example.com`, mail);
  await clock.advance(3_000);
  for (const phone of phones) await phone.goOn(121);
  await clock.advance(9_000);
  return { collector, clock };
}

class MorningPhone {
  readonly #device: InProcessDevice;
  readonly #heartbeatSeconds: number;
  readonly #index: number;
  #isWaiting = false;
  #gone: (() => void) | undefined;

  constructor(server: ConstructorParameters<typeof InProcessDevice>[0], user: string, index: number) {
    const [prefix, deviceType] = kinds[index % kinds.length] as (typeof kinds)[number];
    const deviceId = `${prefix}${String(index).padStart(4, "0")}`;
    this.#device = new InProcessDevice(server, { user, password: "secret", deviceId, deviceType });
    this.#heartbeatSeconds = heartbeats[index % heartbeats.length] as number;
    this.#index = index;
  }

  async begin(): Promise<void> {
    await this.#device.folderSync();
    await this.#device.syncAll("inbox");
  }

  /** Pings when it does not wait, after a Sync; now and then one loses its network. */
  async goOn(minute: number): Promise<void> {
    if (this.#isWaiting && minute % 50 === this.#index * 4 + 1) this.#gone?.();
    if (this.#isWaiting) return;
    await this.#device.syncAll("inbox");
    const ping = this.#device.ping({ heartbeatSeconds: this.#heartbeatSeconds, folders: ["inbox"] });
    this.#isWaiting = true;
    this.#gone = () => {
      this.#isWaiting = false;
      ping.gone();
    };
    void ping.answer.then(() => {
      this.#isWaiting = false;
    });
  }
}
