/** Runs tasks one at a time, in the order in which they were handed in. A failing one does not hold up the next. */
export function oneAtATime(): <A>(task: () => Promise<A>) => Promise<A> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task, task);
    last = mine.catch(() => undefined);
    return mine;
  };
}
