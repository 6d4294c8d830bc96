/**
 * Lets this process obey the orders of an `OrderedProcess`, one at a time.
 *
 * @param obey the value of an order; when it fails, the process ends with 1.
 * @param ready what is said once, when orders may come.
 */
export function obeyOrders<Order>(obey: (order: Order) => Promise<unknown>, ready: number): void {
  process.on("message", (order: Order) => {
    obey(order).then(
      (value) => process.send?.({ value }),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.send?.({ value: ready });
}
