import type { BusyStatus, Importance, Sensitivity } from "../mailbox/items/values.js";
import { isAtLeast } from "../protocol/version.js";
import { type Codec, oneOf } from "./codec.js";

/** [MS-ASEMAIL] 2.2.2.38, [MS-ASTASK] 2.2.2.15. */
export const importance: Codec<Importance> = oneOf({ low: 0, normal: 1, high: 2 });

/** [MS-ASCAL] 2.2.2.41. */
export const sensitivity: Codec<Sensitivity> = oneOf({ normal: 0, personal: 1, private: 2, confidential: 3 });

const anyBusyStatus: Codec<BusyStatus> = oneOf({
  free: 0,
  tentative: 1,
  busy: 2,
  "out-of-office": 3,
  "working-elsewhere": 4,
});

/** [MS-ASCAL] 2.2.2.9. Versions below 16.0 do not have "working elsewhere", which counts as free. */
export const busyStatus: Codec<BusyStatus> = {
  write: (tag, value, context) => {
    const known = value !== "working-elsewhere" || isAtLeast(context.version, "16.0");
    return anyBusyStatus.write(tag, known ? value : "free", context);
  },
  read: anyBusyStatus.read,
};
