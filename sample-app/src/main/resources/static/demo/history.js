// The samples of the last half minute, and the counts from which the page counts

const KEPT = 32_000;
const RATE_OVER = 1_000;

export class History {

  #samples = [];
  #start;
  #latest;

  add(sample) {
    if (this.#latest && sample.time < this.#latest.time) {
      this.#samples = [];
    }
    this.#latest = sample;
    this.#start ??= sample;
    this.#samples.push(sample);
    while (this.#samples[0].time < sample.time - KEPT) {
      this.#samples.shift();
    }
  }

  // Count from the latest sample on
  reset() {
    this.#start = this.#latest;
  }

  // The counts of a lane since the page counts, and what is pending now
  totals(index) {
    const first = this.#start.lanes[index];
    const last = this.#latest.lanes[index];
    const since = (name) => last[name] - first[name];
    return {
      policy: last.policy, pending: last.pending, pendingAge: last.pendingAge, writes: since('writes'),
      failedWrites: since('failedWrites'), failedReads: since('failedReads'), writeTime: since('writeTime'),
      rows: since('rows'), storeCalls: since('storeCalls'), storeRows: since('storeRows'),
      storeTime: since('storeTime'), hits: since('hits'), misses: since('misses')
    };
  }

  // Seconds before now, for the x axis
  ages() {
    return this.#samples.map((sample) => (sample.time - this.#latest.time) / 1000);
  }

  values(index, name) {
    return this.#samples.map((sample) => sample.lanes[index][name]);
  }

  // When the database was away, in seconds before now
  outages() {
    const outages = [];
    let before = false;
    for (const { time, databaseAway } of this.#samples) {
      const age = (time - this.#latest.time) / 1000;
      if (databaseAway && !before) {
        outages.push([age, age]);
      }
      if (databaseAway || before) {
        outages.at(-1)[1] = age;
      }
      before = databaseAway;
    }
    return outages;
  }

  // Per second, over the second before each sample
  rates(index, name) {
    let from = 0;
    return this.#samples.map((sample, to) => {
      while (from < to && this.#samples[from + 1].time <= sample.time - RATE_OVER) {
        from++;
      }
      const seconds = (sample.time - this.#samples[from].time) / 1000;
      const difference = sample.lanes[index][name] - this.#samples[from].lanes[index][name];
      return (seconds > 0) ? difference / Math.max(seconds, RATE_OVER / 1000) : 0;
    });
  }

}
