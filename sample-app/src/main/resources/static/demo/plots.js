import uPlot from '../webjars/uplot/dist/uPlot.esm.js';

const WINDOW = 30;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// A plot of the last half minute; the lines are names of colours in the style sheet
export class Plot {

  #element;
  #lines;
  #data;
  #top = 1;
  #outages = [];
  #plot;

  constructor(element, lines) {
    this.#element = element;
    this.#lines = lines;
    this.#data = [[], ...lines.map(() => [])];
    this.#draw();
    new ResizeObserver(() => this.#plot.setSize(this.#size())).observe(element);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  // Show data up to now, the y axis from zero to a top, with the outages in the background
  show(data, top, outages) {
    this.#data = data;
    this.#top = top;
    this.#outages = outages;
    this.#plot.setData(data);
  }

  #size() {
    return { width: Math.max(1, this.#element.clientWidth), height: this.#element.clientHeight };
  }

  #drawOutages(plot) {
    const { left, top, width, height } = plot.bbox;
    plot.ctx.save();
    plot.ctx.fillStyle = color('bad-ground');
    for (const [from, to] of this.#outages) {
      const start = Math.max(plot.valToPos(from, 'x', true), left);
      const end = Math.min(plot.valToPos(to, 'x', true), left + width);
      if (end > start) {
        plot.ctx.fillRect(start, top, end - start, height);
      }
    }
    plot.ctx.restore();
  }

  #draw() {
    this.#plot?.destroy();
    const axis = {
      stroke: color('soft'), grid: { stroke: color('line'), width: 1 }, ticks: { show: false },
      font: '12px system-ui, sans-serif'
    };
    this.#plot = new uPlot({
      ...this.#size(),
      legend: { show: false },
      cursor: { show: false },
      padding: [8, 18, 0, 0],
      hooks: { drawClear: [(plot) => this.#drawOutages(plot)] },
      scales: {
        x: { time: false, range: () => [-WINDOW, 0] },
        y: { range: () => [0, this.#top] }
      },
      axes: [
        { ...axis, size: 26, gap: 6, grid: { show: false }, splits: () => [-30, -20, -10, 0],
          values: () => ['30 s', '20 s', '10 s', 'now'] },
        { ...axis, size: 44, gap: 8, splits: () => [0, this.#top / 2, this.#top] }
      ],
      series: [{}, ...this.#lines.map((line, index) => ({
        stroke: color(line), width: 2, points: { show: false },
        fill: (index === 0) ? `${color(line)}22` : undefined
      }))]
    }, this.#data, this.#element);
  }

}

// The next of 10, 20, 50, 100, 200, 500 ... that is not below a number
export function niceTop(number) {
  let power = 10;
  while (true) {
    const top = [1, 2, 5].map((factor) => factor * power).find((candidate) => candidate >= number);
    if (top) {
      return top;
    }
    power *= 10;
  }
}
