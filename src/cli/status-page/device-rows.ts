import { formatDuration } from "../duration.js";
import type { DeviceStatus, HeldNow, LearnedLimit, PastOutcome } from "../observed/device-status.js";
import { type Html, html } from "./html.js";
import { moment, nameFromNetwork, seconds, wordOf } from "./wording.js";

/** The columns of the table of devices. */
export const deviceColumns = [
  "User",
  "Device",
  "Held since",
  "Asked",
  "Used",
  "Learned limit",
  "Last push",
  "Last outcomes",
] as const;

/** A row of the table: the same key is the same device. */
export interface DeviceRow {
  readonly key: string;
  readonly row: Html;
}

/** A device's row. It changes when something happens to the device, not with the time that passes. */
export function deviceRow(device: DeviceStatus, showsNode: boolean): DeviceRow {
  const { user, deviceId, deviceType, holds, limits, outcomes, seenMs, pushMilliseconds, node } = device;
  const key = JSON.stringify([user, deviceId]);
  const [userName, deviceName, since, asked, used, limit, push, past] = deviceColumns;
  const cell = (name: string, content: Html): Html =>
    html`<td role="cell" data-label="${name}">${content}</td>`;
  const row = html`<tr role="row" data-key="${key}"><th role="rowheader" scope="row" data-label="${userName}">${nameFromNetwork(user)}</th>${[
    cell(
      deviceName,
      html`<span><code>${nameFromNetwork(deviceId)}</code> <span class="quiet">${nameFromNetwork(deviceType)}${showsNode && html` on ${nameFromNetwork(node)}`}</span></span>`,
    ),
    cell(
      since,
      holds.length > 0
        ? each(
            holds,
            (hold) =>
              html`${moment(hold.sinceMs)} ${hold.command === "Sync" && html`<span class="quiet">Sync</span>`}`,
          )
        : html`<span class="quiet">not held, seen ${moment(seenMs)}</span>`,
    ),
    cell(asked, heldIntervals(holds, "askedSeconds")),
    cell(used, heldIntervals(holds, "heartbeatSeconds")),
    cell(limit, each(limits, learnedLimit)),
    cell(push, pushMilliseconds === undefined ? none : html`${seconds(pushMilliseconds / 1_000)}`),
    cell(past, outcomes.length === 0 ? none : html`<span class="outcomes">${outcomes.map(outcome)}</span>`),
  ]}</tr>`;
  return { key, row };
}

const none = html`<span class="quiet">–</span>`;

function each<Part>(parts: readonly Part[], write: (part: Part) => Html): Html {
  return parts.length === 0
    ? none
    : html`<span>${parts.map((part) => html`<span class="line">${write(part)}</span>`)}</span>`;
}

function heldIntervals(holds: readonly HeldNow[], which: "askedSeconds" | "heartbeatSeconds"): Html {
  return each(holds, (hold) => html`${formatDuration(hold[which])}`);
}

function learnedLimit({ network, carriedSeconds, lostSeconds, end }: LearnedLimit): Html {
  const what = end === "cut" ? "cut" : "lost";
  return html`${formatDuration(carriedSeconds)} <span class="quiet">(${what} at ${formatDuration(lostSeconds)}${network !== "" && html`, ${nameFromNetwork(network)}`})</span>`;
}

function outcome({ kind, heldSeconds }: PastOutcome): Html {
  const word = wordOf(kind);
  return html`<span class="outcome ${word}">${word} <span class="quiet">${seconds(heldSeconds)}</span></span> `;
}
