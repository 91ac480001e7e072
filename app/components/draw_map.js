// A map to point at: tap corners to draw a plot, or tap once to set a pin. Plain Leaflet, no other library.
const load = source => new Promise((done, failed) => {
  const known = document.querySelector(`script[src="${source}"]`);
  if (known?.dataset.done) return done();
  const script = known ?? document.createElement('script');
  script.addEventListener('load', () => { script.dataset.done = '1'; done(); });
  script.addEventListener('error', failed);
  if (!known) { script.src = source; document.head.appendChild(script); }
});

const MU = 10000 / 15;  // m2

// area on a sphere of the earth's size; the server measures again on the ellipsoid
const area = ring => {
  const R = 6371008.8, rad = Math.PI / 180;
  let sum = 0;
  ring.forEach(([lon, lat], i) => {
    const [lon2, lat2] = ring[(i + 1) % ring.length];
    sum += (lon2 - lon) * rad * (2 + Math.sin(lat * rad) + Math.sin(lat2 * rad));
  });
  return Math.abs(sum * R * R / 2);
};

class Drawing {
  constructor(L, root, map, send) {
    Object.assign(this, { L, root, map, send, corners: [], mode: 'draw' });
    this.outline = L.polygon([], { color: '#c2571a', weight: 3, fillOpacity: .25, interactive: false }).addTo(map);
    this.marks = L.layerGroup().addTo(map);
    this.known = L.geoJSON(null, { style: { color: '#2c6e49', weight: 1, fillOpacity: .3 }, interactive: false }).addTo(map);
    map.on('click', event => this.tap(event.latlng));
  }

  tap(latlng) {
    if (this.mode === 'pin') this.corners = [];
    this.corners.push(latlng);
    this.changed();
  }

  undo() { this.corners.pop(); this.changed(); }

  clear() { this.corners = []; this.changed(); }

  use(mode) { if (mode !== this.mode) { this.mode = mode; this.clear(); } }

  ring() { return this.corners.map(c => [+c.lng.toFixed(7), +c.lat.toFixed(7)]); }

  changed() {
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(this.shape()), 350);
  }

  shape() {
    const ring = this.ring();
    if (this.mode === 'pin') return ring.length ? { kind: 'pin', longitude: ring[0][0], latitude: ring[0][1] } : null;
    return ring.length >= 3 ? { kind: 'ring', ring } : null;
  }

  draw() {
    const { L, words } = this, draw = this.mode === 'draw';
    this.outline.setLatLngs(draw && this.corners.length > 1 ? this.corners : []);
    this.marks.clearLayers();
    this.corners.forEach((corner, i) => {
      const icon = L.divIcon({ className: '', html: `<div class="${draw ? 'corner' : 'pin'}"></div>`, iconSize: [0, 0] });
      const mark = L.marker(corner, { icon, draggable: true, keyboard: false }).addTo(this.marks);
      mark.on('drag', () => { this.corners[i] = mark.getLatLng(); this.outline.setLatLngs(draw ? this.corners : []); });
      mark.on('dragend', () => this.changed());
    });
    const n = this.corners.length;
    const mu = n >= 3 ? (area(this.ring()) / MU).toFixed(2) : '';
    this.root.querySelector('.said').textContent = !draw ? (n ? words.pinned : words.tap_pin)
      : n < 3 ? words.tap_corners.replace('{n}', n) : words.drawn.replace('{n}', n).replace('{mu}', mu);
    this.root.querySelectorAll('[data-needs]').forEach(button => { button.disabled = n === 0; });
    this.root.querySelectorAll('[data-mode]').forEach(button => button.setAttribute('aria-pressed', button.dataset.mode === this.mode));
  }

  here() {
    const said = this.root.querySelector('.said');
    said.textContent = this.words.locating;
    const failed = () => { said.textContent = this.words.no_place; };
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      const place = this.L.latLng(coords.latitude, coords.longitude);
      this.map.setView(place, 17);
      if (this.mode === 'pin') this.tap(place); else this.draw();
    }, failed, { enableHighAccuracy: true, timeout: 15000 });
  }
}

const buttons = (root, drawing, words) => {
  const bar = root.querySelector('.bar');
  bar.replaceChildren();
  const add = (label, act, data = {}) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    Object.assign(button.dataset, data);
    button.addEventListener('click', act);
    bar.append(button);
  };
  add(words.draw, () => drawing.use('draw'), { mode: 'draw' });
  add(words.pin, () => drawing.use('pin'), { mode: 'pin' });
  add(words.here, () => drawing.here());
  add(words.undo, () => drawing.undo(), { needs: '1' });
  add(words.clear, () => drawing.clear(), { needs: '1' });
};

export default async function ({ data, parentElement, setStateValue }) {
  const root = parentElement;
  if (!root._drawing) {
    if (root._loading) return;
    root._loading = true;
    await load('/assets/leaflet/leaflet.js');
    const L = window.L, place = root.querySelector('#map');
    const map = L.map(place, { attributionControl: Boolean(data.attribution), maxZoom: 20 });
    map.fitBounds(data.bounds);
    data.tiles.forEach(address => L.tileLayer(address, { maxNativeZoom: 18, maxZoom: 20, attribution: data.attribution }).addTo(map));
    L.control.scale({ imperial: false }).addTo(map);
    root._drawing = new Drawing(L, root, map, shape => setStateValue('shape', shape));
    new ResizeObserver(() => map.invalidateSize()).observe(place);
  }
  const drawing = root._drawing;
  drawing.words = data.words;
  if (drawing.lang !== data.words.draw) { drawing.lang = data.words.draw; buttons(root, drawing, data.words); drawing.draw(); }
  root.querySelector('#map').setAttribute('aria-label', data.words.label);
  if (drawing.revision !== data.revision) {
    const first = drawing.revision === undefined;
    drawing.revision = data.revision;
    drawing.known.clearLayers();
    drawing.known.addData(data.plots);
    if (!first) drawing.clear();
  }
}
