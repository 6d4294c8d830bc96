import { X509Certificate } from "node:crypto";
import { givenPassword, type PasswordPrompt } from "../../password.js";
import { startGateway } from "../gateway.js";
import { JsonLog } from "../json-log.js";
import type { MailBackend, OpenBackend } from "../mail-backend.js";
import { loadPromClient } from "../metrics.js";
import { openState } from "../open-state.js";
import { readOptionFile } from "../option-file.js";
import type { Environment } from "../option-values.js";
import type { ServeSettings } from "../settings.js";
import { startProblem } from "../start-problem.js";
import { explained } from "./explained.js";
import type { Finding } from "./finding.js";

/** What a check needs of its process. */
export interface CheckContext {
  readonly environment: Environment;
  readonly stdin: PasswordPrompt["input"];
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  readonly openBackend: OpenBackend;
}

const EXPIRES_SOON_DAYS = 14;

/**
 * Looks whether a server would start, and what the mail server can do for a user.
 *
 * @returns the exit status: 0 when phones get what they need.
 */
export async function checkServer(
  settings: ServeSettings,
  user: string | undefined,
  context: CheckContext,
): Promise<0 | 1> {
  let isWell = true;
  const tell = (finding: Finding): void => {
    isWell &&= finding.isWell;
    context.stdout.write(`${finding.isWell ? "ok   " : "FAIL "} ${finding.text}\n`);
  };
  tell({ isWell: true, text: "the options" });
  try {
    await lookAtAll(settings, user, context, tell);
  } catch (error) {
    const { message, status } = startProblem(error);
    if (status === 2) throw error;
    tell({ isWell: false, text: message });
  }
  context.stdout.write(isWell ? "Phones can come.\n" : "Not all is well.\n");
  return isWell ? 0 : 1;
}

async function lookAtAll(
  settings: ServeSettings,
  user: string | undefined,
  context: CheckContext,
  tell: (finding: Finding) => void,
): Promise<void> {
  for (const finding of certificateFindings(settings)) tell(finding);
  if (settings.metrics !== undefined) await loadPromClient();
  const state = await openState(settings);
  try {
    for (const finding of await state.findings()) tell(finding);
    const backend = await context.openBackend(settings, state.store);
    try {
      await startOnce(settings, backend, state.store);
      for (const finding of await loginFindings(settings, user, backend, context)) tell(finding);
    } finally {
      await backend.close();
    }
  } finally {
    await state.close();
  }
}

/** As it would start, but where no phone comes: what is wrong is thrown. */
async function startOnce(
  settings: ServeSettings,
  backend: MailBackend,
  state: Parameters<typeof startGateway>[0]["state"],
): Promise<void> {
  const listen = { ...settings.listen, host: "127.0.0.1", port: 0 };
  const log = new JsonLog({ write: () => true }, "error");
  const gateway = await startGateway({
    settings: { ...settings, listen, drainSeconds: 0 },
    backend,
    state,
    log,
  });
  await gateway.close();
}

function certificateFindings({ listen }: ServeSettings): readonly Finding[] {
  if (listen.certificate === undefined) {
    return [{ isWell: true, text: "no certificate: phones must come through a proxy that has one" }];
  }
  const { subject, subjectAltName, validTo } = new X509Certificate(
    readOptionFile("--cert", listen.certificate.certFile),
  );
  const days = Math.floor((Date.parse(validTo) - Date.now()) / 86_400_000);
  const period = days < 0 ? `expired for ${-days} days` : `valid for ${days} days`;
  const text = `the certificate of ${subjectAltName ?? subject}, ${period}`;
  return [{ isWell: days >= 0, text: days < EXPIRES_SOON_DAYS ? `${text}: renew it` : text }];
}

async function loginFindings(
  settings: ServeSettings,
  user: string | undefined,
  backend: MailBackend,
  context: CheckContext,
): Promise<readonly Finding[]> {
  const { host, port } = settings.mail.imap;
  if (user === undefined) {
    return [{ isWell: false, text: `${host}:${port} was not asked: give --user to log in once` }];
  }
  const password = await givenPassword(`Password of ${user}: `, context);
  if (password === undefined) return [{ isWell: false, text: `no password for ${user}` }];
  try {
    const authentication = await backend.authenticate({ kind: "basic", user, password });
    if (authentication.kind !== "user")
      return [{ isWell: false, text: `${host} refuses the login of ${user}` }];
    const { user: name, login } = authentication;
    const findings = await backend.inspect({ user: name, ...(login !== undefined && { login }) });
    return [
      { isWell: true, text: `${host} takes the login of ${user}, whose mailbox is ${name}` },
      ...findings,
    ];
  } catch (error) {
    return [{ isWell: false, text: `${host}:${port}: ${explained(error)}` }];
  }
}
