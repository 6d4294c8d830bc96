import { type GivenOptions, SettingsProblem } from "./given-options.js";
import { duration, type Environment, oneOf } from "./option-values.js";
import type { Account, MailSettings, ServerAddress, SmtpSettings } from "./settings.js";

const ports = { imap: { implicit: 993, clear: 143 }, smtp: { implicit: 465, clear: 587 } } as const;

/** What the options say of the mail server. @throws SettingsProblem */
export function readMailSettings(given: GivenOptions, environment: Environment): MailSettings {
  if (given.imap === undefined) throw new SettingsProblem("Give --imap: imaps://mail.example.com");
  const master = account("master-user", given["master-user"], "DIRECT_PUSH_MASTER_PASSWORD", environment);
  if (master === undefined && given["master-form"] !== undefined) {
    throw new SettingsProblem("--master-form needs --master-user");
  }
  return {
    imap: serverAddress("imap", given.imap),
    smtp: readSmtp(given, environment),
    master: master && { ...master, form: oneOf(given, "master-form", ["authzid", "suffix"]) },
    domain: domain("domain", given.domain),
    addressDomain: domain("address-domain", given["address-domain"]),
    caFile: given["mail-ca"],
    insecure: given["mail-insecure"] === true,
    copiesToSent: given["no-copy-to-sent"] !== true,
    watch: oneOf(given, "watch", ["auto", "idle", "poll"]),
    pollSeconds: duration(given, "poll", 60, 3600),
  };
}

function readSmtp(given: GivenOptions, environment: Environment): SmtpSettings | undefined {
  const { smtp, "smtp-user": user, "smtp-no-login": isOpen = false } = given;
  if (smtp === undefined) {
    if (user !== undefined || isOpen)
      throw new SettingsProblem("--smtp-user and --smtp-no-login need --smtp");
    return undefined;
  }
  if (user !== undefined && isOpen)
    throw new SettingsProblem("Give --smtp-user or --smtp-no-login, not both.");
  const login = account("smtp-user", user, "DIRECT_PUSH_SMTP_PASSWORD", environment);
  return { ...serverAddress("smtp", smtp), login: login ?? (isOpen ? "none" : "phone") };
}

function serverAddress(protocol: keyof typeof ports, text: string): ServerAddress {
  const wrong = (why: string): SettingsProblem => new SettingsProblem(`--${protocol}: ${why}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure = url?.protocol === `${protocol}s:`;
  if (url === undefined || url.hostname === "" || (!isSecure && url.protocol !== `${protocol}:`)) {
    throw wrong(`"${text}" is none of ${protocol}s://mail.example.com and ${protocol}://mail.example.com`);
  }
  if (url.username !== "" || url.password !== "") {
    throw wrong("the URL must not hold a user or a password: others can see it in the list of processes");
  }
  if (!["", "/"].includes(url.pathname) || url.search !== "" || url.hash !== "") {
    throw wrong(`"${text}" has more than a name and a port`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const tls = isSecure ? "implicit" : isLoopback(host) ? "none" : "starttls";
  const { implicit, clear } = ports[protocol];
  return { host, port: url.port === "" ? (isSecure ? implicit : clear) : Number(url.port), tls };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function account(
  flag: string,
  user: string | undefined,
  variable: string,
  environment: Environment,
): Account | undefined {
  if (user === undefined) return undefined;
  const password = environment[variable];
  if (user === "") throw new SettingsProblem(`--${flag} is a name`);
  if (!password)
    throw new SettingsProblem(`--${flag} needs a password in the environment variable ${variable}`);
  return { user, password };
}

function domain(flag: string, text: string | undefined): string | undefined {
  if (text === undefined || /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(text)) return text?.toLowerCase();
  throw new SettingsProblem(`--${flag} is a name such as example.com, not "${text}"`);
}
