import { onPress, request } from './requests.js';

const CATEGORIES = ['coffee', 'tea'];
const time = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const product = ({ name, price }) => `${name} ${price.toFixed(2)}`;

// Pages computed from products: read and evicted with the sample's own requests
export class Pages {

  #coffee;

  constructor() {
    const output = document.getElementById('pages-result');
    onPress(document.getElementById('read-pages'), output, () => this.#read());
    onPress(document.getElementById('reprice'), output, () => this.#reprice());
  }

  // Show which pages are in a cache
  show(names) {
    for (const name of [...CATEGORIES, 'catalogue']) {
      const item = document.getElementById(`page-${name}`);
      const cached = names.includes(name);
      const text = cached ? 'in the cache' : 'not in the cache';
      if (item.querySelector('.badge').textContent !== text) {
        item.querySelector('.badge').textContent = text;
        item.classList.toggle('cached', cached);
      }
    }
  }

  async #read() {
    for (const category of CATEGORIES) {
      const page = await request('GET', `product-pages/${category}`);
      const rendered = time.format(new Date(page.renderedAt));
      content(category, [...page.products.map(product), `rendered ${rendered}`]);
      if (category === 'coffee') {
        this.#coffee = page.products[0];
      }
    }
    const catalogue = await request('GET', 'catalogue');
    content('catalogue', catalogue.map((entry) => `${entry.category} from ${entry.lowestPrice.toFixed(2)}`));
    return 'Read. What was in the cache still has its time; what was not was rendered now.';
  }

  async #reprice() {
    this.#coffee ??= (await request('GET', 'product-pages/coffee')).products[0];
    const { id } = this.#coffee;
    const { price } = await request('GET', `products/${id}`);
    const changed = await request('PUT', `products/${id}/price`, { price: Number((price + 0.1).toFixed(2)) });
    return `${changed.name} costs ${changed.price.toFixed(2)} now. Its page and the catalogue are gone, tea stays.`;
  }

}

function content(name, lines) {
  document.querySelector(`#page-${name} .content`).textContent = lines.join('\n');
}
