import { EasClient } from "direct-push/client";

const WARM_ROUNDS = 10;

/**
 * Lets whole phones go round, each an `EasClient` of `direct-push/client`: a Ping is answered, the mail is synced, the next Ping is sent. They set
 * their accounts up first; what is counted begins when they have been round ten times, so that the code is compiled.
 *
 * @returns rounds of all phones together.
 */
export async function turnWholePhones(port: number, count: number, seconds: number): Promise<number> {
  const phones = Array.from({ length: count }, (_, index) => wholePhone(port, index));
  let rounds = 0;
  let warm = (): void => undefined;
  const areWarm = new Promise<void>((resolve) => {
    warm = resolve;
  });
  const ends = phones.map(async (phone) => {
    phone.events.on("synced", () => {
      if (++rounds === count * WARM_ROUNDS) warm();
    });
    phone.events.on("delayed", ({ failure }) => {
      throw new Error(`a phone waits: ${failure?.kind ?? "it is sent round in circles"}`);
    });
    const end = await phone.run();
    if (end.kind !== "stopped") throw new Error(`a phone ended: ${end.kind}`);
  });
  const failed = Promise.all(ends).then(() => Promise.reject(new Error("the phones ended")));
  failed.catch(() => undefined); // all of them end when they are closed
  await Promise.race([areWarm, failed]);
  rounds = 0;
  await Promise.race([new Promise((resolve) => setTimeout(resolve, seconds * 1000)), failed]);
  const counted = rounds;
  for (const phone of phones) phone.close();
  await Promise.all(ends);
  return counted;
}

function wholePhone(port: number, phone: number): EasClient {
  return new EasClient({
    url: `http://127.0.0.1:${port}`,
    user: `u${phone}`,
    authorization: { kind: "basic", password: "p" },
    device: { id: `D${phone}`, type: "Bench" },
  });
}
