import { describe, expect, test } from "vitest";
import { HeartbeatMonitor } from "../../../src/push/heartbeat-monitor.js";

describe("the average of the newest intervals", () => {
  const setUp = () => new HeartbeatMonitor({ samples: 4, alertSeconds: 540 });
  const noteAll = (monitor: HeartbeatMonitor, ...seconds: readonly number[]) =>
    seconds.map((one) => monitor.note(one));

  test("says nothing until there are enough", () => {
    expect(noteAll(setUp(), 60, 60, 60)).toEqual([undefined, undefined, undefined]);
  });

  test("gives the alarm at the threshold, once for each crossing", () => {
    const monitor = setUp();
    expect(noteAll(monitor, 540, 540, 540, 540)).toEqual([
      undefined,
      undefined,
      undefined,
      { averageSeconds: 540, samples: 4 },
    ]);
    expect(noteAll(monitor, 60, 60, 60, 60)).toEqual([undefined, undefined, undefined, undefined]);
    noteAll(monitor, 3540, 3540, 3540, 3540);
    expect(noteAll(monitor, 60, 60, 60, 60).filter(Boolean)).toEqual([{ averageSeconds: 60, samples: 4 }]);
  });

  test("gives none above it", () => {
    expect(noteAll(setUp(), 541, 541, 541, 541, 900, 900).every((one) => one === undefined)).toBe(true);
  });

  test("looks at the newest alone", () => {
    const monitor = setUp();
    noteAll(monitor, 3540, 3540, 3540, 3540, 100, 100, 100);
    expect(monitor.note(100)).toEqual({ averageSeconds: 100, samples: 4 });
  });

  test("gives none when it is off", () => {
    const monitor = new HeartbeatMonitor({ samples: 1, alertSeconds: 0 });
    expect(monitor.note(1)).toBeUndefined();
  });
});
