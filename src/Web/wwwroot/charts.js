// Draws our charts with ECharts. Pages say what to show (a "drawing"); how it looks is decided here, from the tokens.
let library;
const load = () => library ??= new Promise((resolve, reject) => {
  if (window.echarts) return resolve(window.echarts);
  const script = document.createElement('script');
  script.src = new URL('_content/Vizor.ECharts/js/vizor-echarts-bundle-min.js', document.baseURI);
  script.onload = () => resolve(window.echarts);
  script.onerror = () => { library = undefined; reject(new Error('The chart library could not be loaded.')); };
  document.head.append(script);
});

const charts = new Map();
const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const escapeHtml = text => String(text).replace(/[&<>"']/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }[c]));
const language = () => document.documentElement.lang || 'en';
const exact = value => new Intl.NumberFormat(language()).format(value);
const short = value => new Intl.NumberFormat(language(), { notation: 'compact', maximumFractionDigits: 1 }).format(value);
const percent = value => `${new Intl.NumberFormat(language(), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value * 100)}%`;
const still = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

const common = () => ({
  animation: !still(),
  animationDuration: 150,
  animationDurationUpdate: 150,
  textStyle: { fontFamily: token('--font'), fontSize: 12, color: token('--text-muted') },
});

const tooltip = () => ({
  backgroundColor: token('--surface-raised'),
  borderColor: token('--border'),
  borderWidth: 1,
  padding: 10,
  confine: true,
  extraCssText: `box-shadow: ${token('--float')}; border-radius: 6px; max-width: 420px;`,
  textStyle: { color: token('--text'), fontFamily: token('--font'), fontSize: 12 },
});

const axisTooltip = drawing => ({
  ...tooltip(),
  trigger: 'axis',
  axisPointer: { type: drawing.kind === 'bar' ? 'shadow' : 'line', lineStyle: { color: token('--border-strong') }, shadowStyle: { color: token('--surface-hover'), opacity: .5 } },
  formatter: items => {
    const index = items[0]?.dataIndex ?? 0;
    const rows = drawing.series
      .map(series => ({ series, value: series.values[index] }))
      .filter(row => row.value !== null && row.value !== undefined)
      .sort((left, right) => right.value - left.value)
      .map(({ series, value }) => `<tr><td style="padding-right:8px"><span style="display:inline-block;width:9px;height:9px;border-radius:3px;margin-right:6px;background:${series.color}"></span>${escapeHtml(series.name)}</td><td style="text-align:right;font-weight:600">${drawing.isPercent ? percent(value) : exact(value)}</td></tr>`);
    const note = index >= drawing.firstIncomplete ? ` <span style="color:${token('--text-faint')}">${escapeHtml(drawing.incompleteNote)}</span>` : '';
    return `<div style="margin-bottom:4px;color:${token('--text-muted')}">${escapeHtml(drawing.buckets[index])}${note}</div><table style="border-spacing:0;font-variant-numeric:tabular-nums">${rows.join('')}</table>`;
  },
});

// A line is drawn twice where its last points are not complete yet: solid up to there, dashed from there on.
const lineSeries = (series, drawing) => {
  const cut = Math.min(series.firstIncomplete ?? drawing.firstIncomplete, series.values.length);
  const base = {
    type: 'line', name: series.name, color: series.color, symbol: 'circle', symbolSize: 6, showSymbol: series.values.length <= 40, smooth: false,
    emphasis: { focus: 'none', scale: 1.6 }, lineStyle: { width: series.isStrong ? 2.5 : 2 }, connectNulls: false, animation: !still(),
    areaStyle: series.hasArea ? { color: series.color, opacity: .1 } : undefined, triggerLineEvent: true,
  };
  const solid = { ...base, id: `${series.key}-solid`, data: series.values.map((value, index) => index < cut ? value : null) };
  const dashed = { ...base, id: `${series.key}-dashed`, lineStyle: { ...base.lineStyle, type: [4, 4] }, areaStyle: undefined, data: series.values.map((value, index) => index >= cut - 1 ? value : null), symbol: index => 'circle' };
  dashed.symbol = 'emptyCircle';
  if (cut - 1 >= 0 && cut < series.values.length) dashed.data[cut - 1] = { value: series.values[cut - 1], symbol: 'none' };
  return cut < series.values.length ? [solid, dashed] : [solid];
};

// Shares that come near the whole are read against the whole, in quarters.
const shareScale = drawing => {
  const highest = Math.max(0, ...drawing.series.flatMap(series => series.values.map(value => value ?? 0)));
  return drawing.isPercent && (drawing.fullScale || highest > .6) && highest <= 1 ? { max: 1, interval: .25 } : {};
};

// From zero on, unless something lies below it: differences, refunds, formulas.
const lowest = drawing => drawing.series.some(series => series.values.some(value => value < 0)) ? undefined : 0;

const cartesian = drawing => ({
  ...common(),
  grid: { left: 8, right: 32, top: 16, bottom: 4, containLabel: true },
  tooltip: axisTooltip(drawing),
  xAxis: {
    type: 'category', data: drawing.buckets, boundaryGap: drawing.kind === 'bar',
    axisLine: { lineStyle: { color: token('--border-strong') } }, axisTick: { show: false },
    axisLabel: { color: token('--text-muted'), hideOverlap: true, margin: 10 },
  },
  yAxis: {
    type: 'value', min: lowest(drawing), ...shareScale(drawing), minInterval: drawing.isPercent ? undefined : 1, splitNumber: 4,
    axisLabel: { color: token('--text-muted'), formatter: drawing.isPercent ? value => `${Math.round(value * 100)}%` : short },
    splitLine: { lineStyle: { color: token('--border') } },
  },
  series: drawing.kind === 'bar'
    ? drawing.series.map(series => ({
      type: 'bar', id: series.key, name: series.name, color: series.color, barMaxWidth: 42, barGap: '10%',
      stack: drawing.isStacked ? 'all' : undefined,
      data: series.values.map((value, index) => index >= drawing.firstIncomplete ? { value, itemStyle: { opacity: .55, decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: token('--surface') } } } : value),
      itemStyle: { borderRadius: drawing.isStacked ? 0 : [3, 3, 0, 0] },
    }))
    : drawing.series.flatMap(series => lineSeries(series, drawing)),
});

const sankey = drawing => ({
  ...common(),
  tooltip: {
    ...tooltip(), trigger: 'item',
    formatter: item => item.dataType === 'edge'
      ? `${escapeHtml(item.data.fromTitle)} → ${escapeHtml(item.data.toTitle)}<br><b>${exact(item.data.value)}</b> · ${percent(item.data.value / drawing.whole)}`
      : `${escapeHtml(item.data.title)}<br><b>${exact(item.data.count)}</b> · ${percent(item.data.count / drawing.whole)}`,
  },
  series: [{
    type: 'sankey', left: 8, right: 170, top: 34, bottom: 12, nodeWidth: 14, nodeGap: 32, draggable: false, layoutIterations: 0, nodeAlign: 'left',
    emphasis: { focus: 'trajectory', lineStyle: { opacity: .65 } },
    blur: { itemStyle: { opacity: .3 }, lineStyle: { opacity: .06 }, label: { opacity: .5 } },
    lineStyle: { color: 'source', opacity: .26, curveness: .5 },
    label: {
      color: token('--text'), fontSize: 12, width: 150, overflow: 'truncate', lineHeight: 16,
      formatter: item => `{name|${item.data.title}}\n{count|${exact(item.data.count)} · ${percent(item.data.count / drawing.whole)}}`,
      rich: { name: { color: token('--text'), fontWeight: 500, fontSize: 12 }, count: { color: token('--text-muted'), fontSize: 11 } },
    },
    data: drawing.nodes.map(node => ({
      name: node.key, title: node.title, count: node.count, depth: node.depth, value: node.count,
      itemStyle: { color: node.kind === 'dropOff' ? token('--border-strong') : node.kind === 'other' ? token('--border') : node.color, borderWidth: 0 },
    })),
    links: drawing.links.map(link => ({ source: link.from, target: link.to, value: link.count, fromTitle: link.fromTitle, toTitle: link.toTitle })),
  }],
});

const optionOf = drawing => drawing.kind === 'sankey' ? sankey(drawing) : cartesian(drawing);

const report = (state, series, index, x, y) => {
  state.chart.dispatchAction({ type: 'hideTip' });
  return state.owner.invokeMethodAsync('OnPointAsync', series, index, x, y);
};

// In line charts a click anywhere near a line means its nearest point; nobody hits a two-pixel line on purpose.
const nearestOf = (state, x, y) => {
  const { chart, drawing } = state;
  if (!chart.containPixel('grid', [x, y])) return null;
  const index = Math.max(0, Math.min(Math.round(chart.convertFromPixel({ xAxisIndex: 0 }, x)), drawing.buckets.length - 1));
  let best = null;
  drawing.series.forEach((series, seriesIndex) => {
    const value = series.values[index];
    if (value === null || value === undefined) return;
    const distance = Math.abs(chart.convertToPixel({ yAxisIndex: 0 }, value) - y);
    if (best === null || distance < best.distance) best = { seriesIndex, index, distance };
  });
  return best && best.distance < 40 ? best : null;
};

export async function draw(element, drawing, owner) {
  const echarts = await load();
  if (!element.isConnected) return;
  let state = charts.get(element);
  if (!state) {
    state = { chart: echarts.init(element, null, { renderer: 'svg' }), owner };
    charts.set(element, state);
    state.resize = new ResizeObserver(() => state.chart.resize());
    state.resize.observe(element);
    state.chart.getZr().on('click', event => {
      if (state.drawing.kind !== 'line') return;
      const point = nearestOf(state, event.offsetX, event.offsetY);
      if (point) report(state, point.seriesIndex, point.index, event.event.clientX, event.event.clientY);
    });
    state.chart.getZr().on('mousemove', event => {
      if (state.drawing.kind === 'line') state.chart.getZr().setCursorStyle(nearestOf(state, event.offsetX, event.offsetY) ? 'pointer' : 'default');
    });
    state.chart.on('click', event => {
      const { clientX, clientY } = event.event.event;
      if (state.drawing.kind === 'bar') report(state, event.seriesIndex, event.dataIndex, clientX, clientY);
      if (state.drawing.kind === 'sankey') report(state, event.dataType === 'edge' ? 1 : 0, event.dataIndex, clientX, clientY);
    });
    // For whoever needs the place of a point in the window: tests, and help that points at something.
    element.pointAt = (series, index) => {
      const box = element.getBoundingClientRect();
      const x = state.chart.convertToPixel({ xAxisIndex: 0 }, index), y = state.chart.convertToPixel({ yAxisIndex: 0 }, state.drawing.series[series].values[index]);
      return { x: box.left + x, y: box.top + y };
    };
  }
  state.drawing = drawing;
  state.chart.setOption(optionOf(drawing), { notMerge: true });
  state.chart.resize();
  element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
}

export function dispose(element) {
  const state = charts.get(element);
  if (!state) return;
  state.resize.disconnect();
  state.chart.dispose();
  charts.delete(element);
}

document.addEventListener('rondo:theme', () => charts.forEach(state => state.drawing && state.chart.setOption(optionOf(state.drawing), { notMerge: true })));
