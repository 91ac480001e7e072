// Two pictures of one place, parted by a divider or laid over one another; outlines and a route above. Plain Leaflet.
const load = source => new Promise((done, failed) => {
  const known = document.querySelector(`script[src="${source}"]`);
  if (known?.dataset.done) return done();
  const script = known ?? document.createElement('script');
  script.addEventListener('load', () => { script.dataset.done = '1'; done(); });
  script.addEventListener('error', failed);
  if (!known) { script.src = source; document.head.appendChild(script); }
});

const SIDES = ['left', 'right'];

class Pictures {
  constructor(L, root, map, send) {
    Object.assign(this, { L, root, map, send, shown: {}, mode: 'swipe' });
    SIDES.forEach((side, i) => { map.createPane(side).style.zIndex = 310 + i; });
    this.divider = L.DomUtil.create('div', 'divider', map.getContainer());
    this.slider = root.querySelector('.slider');
    this.slider.addEventListener('input', () => this.part());
    this.lines = L.layerGroup().addTo(map);
    this.marks = L.layerGroup().addTo(map);
    map.on('move zoom viewreset resize zoomend', () => this.part());
  }

  lay(side, picture) {
    const key = JSON.stringify(picture ?? null);
    if (this.shown[side]?.key === key) return;
    this.shown[side]?.layer?.remove();
    let layer = null;
    if (picture) {
      const common = { pane: side, opacity: 1 };
      layer = picture.tiles
        ? this.L.tileLayer(picture.url, { ...common, maxNativeZoom: 22, maxZoom: 22, bounds: picture.bounds })
        : this.L.imageOverlay(picture.url, picture.bounds, { ...common, className: 'pixels', alt: picture.label });
      layer.addTo(this.map);
    }
    this.shown[side] = { key, layer };
  }

  // in "swipe" each picture keeps its side of the divider, in "fade" the right one grows denser
  part() {
    const { map, mode } = this, share = this.slider.value / 100, both = SIDES.every(side => this.shown[side]?.layer);
    const size = map.getSize(), nw = map.containerPointToLayerPoint([0, 0]), se = map.containerPointToLayerPoint(size);
    const middle = nw.x + size.x * share, swipe = both && mode === 'swipe';
    const cut = (from, to) => swipe ? `rect(${nw.y}px, ${to}px, ${se.y}px, ${from}px)` : 'auto';
    map.getPane('left').style.clip = cut(nw.x, middle);
    map.getPane('right').style.clip = cut(middle, se.x);
    map.getPane('right').style.opacity = both && mode === 'fade' ? share : 1;
    this.divider.style.display = swipe ? '' : 'none';
    this.divider.style.left = `${size.x * share}px`;
    this.slider.hidden = this.root.querySelector('.ends').hidden = !both;
  }

  draw({ shapes, route, stops, chosen }) {
    const key = JSON.stringify([shapes, route, stops, chosen]);
    if (this.drawn === key) return;
    this.drawn = key;
    this.lines.clearLayers();
    this.marks.clearLayers();
    const L = this.L;
    L.geoJSON(shapes, {
      style: ({ properties: p, geometry }) => geometry.type === 'Point' ? {} : ({ color: p.line, weight: p.id === chosen ? 5 : p.weight ?? 2, fillColor: p.fill ?? p.line, fillOpacity: p.fill ? p.opacity ?? .25 : 0, dashArray: p.dash }),
      pointToLayer: ({ properties: p }, place) => L.circleMarker(place, { radius: p.id === chosen ? 8 : p.radius ?? 4, color: p.line ?? '#fff', weight: p.line ? 2.5 : 1, fillColor: p.fill, fillOpacity: p.fill ? .95 : 0 }),
      onEachFeature: ({ properties: p }, layer) => {
        if (p.said) { const text = document.createElement('span'); text.textContent = p.said; layer.bindTooltip(text, { sticky: true }); }
        if (p.pick) layer.on('click', () => this.send(p.pick));
      },
    }).addTo(this.lines);
    if (route) L.polyline(route, { color: '#c2571a', weight: 4, dashArray: '2 7' }).addTo(this.lines);
    (stops ?? []).forEach(stop => {
      const icon = L.divIcon({ className: '', html: `<div class="stop${stop.seen ? ' seen' : ''}">${+stop.order}</div>`, iconSize: [0, 0] });
      const mark = L.marker([stop.latitude, stop.longitude], { icon, keyboard: true, alt: `${+stop.order} ${stop.said ?? ''}` }).addTo(this.marks);
      if (stop.said) { const text = document.createElement('span'); text.textContent = stop.said; mark.bindTooltip(text); }
      if (stop.pick) mark.on('click', () => this.send(stop.pick));
    });
  }
}

export default async function ({ data, parentElement, setStateValue }) {
  const root = parentElement;
  root._data = data;
  if (!root._pictures) {
    if (root._loading) return;
    root._loading = true;
    await load('/assets/leaflet/leaflet.js');
    const L = window.L, place = root.querySelector('#map');
    const map = L.map(place, { attributionControl: Boolean(data.attribution), maxZoom: 22, zoomSnap: 0.25 });
    map.fitBounds(root._data.bounds);
    data.ground.forEach(address => L.tileLayer(address, { maxNativeZoom: 18, maxZoom: 22, attribution: data.attribution }).addTo(map));
    L.control.scale({ imperial: false }).addTo(map);
    root._pictures = new Pictures(L, root, map, picked => setStateValue('picked', picked));
    root._seen = JSON.stringify(root._data.bounds);
    new ResizeObserver(() => map.invalidateSize()).observe(place);
  }
  const now = root._data, pictures = root._pictures;
  if (root._seen !== JSON.stringify(now.bounds)) { root._seen = JSON.stringify(now.bounds); pictures.map.fitBounds(now.bounds); }
  root.querySelector('#map').setAttribute('aria-label', now.words.label);
  pictures.slider.setAttribute('aria-label', now.words.slider);
  pictures.mode = now.mode;
  SIDES.forEach(side => {
    pictures.lay(side, now[side]);
    root.querySelector(`.ends .${side}`).textContent = now[side]?.label ?? '';
  });
  pictures.draw(now);
  pictures.part();
}
