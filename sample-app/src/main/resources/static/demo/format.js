// How numbers are written on the page

const integer = new Intl.NumberFormat('en');

export const count = (number) => integer.format(number);

export function milliseconds(number) {
  if (!Number.isFinite(number)) {
    return '–';
  }
  if (number >= 1000) {
    return `${(number / 1000).toFixed(1)} s`;
  }
  return (number >= 10) ? `${number.toFixed(0)} ms` : `${number.toFixed(number >= 1 ? 1 : 3)} ms`;
}

export const mean = (total, number) => (number > 0) ? total / number : NaN;

export const decimal = (number) => Number.isFinite(number) ? number.toFixed(1) : '–';

export const percent = (part, all) => (all > 0) ? `${Math.round(100 * part / all)} %` : '–';

export const plural = (number, one, many) => `${count(number)} ${(number === 1) ? one : many}`;
