/**
 * The program of the page that draws its curves: data comes from the element `#curves`, colours from
 * the style sheet, and both are read again when light turns to dark.
 */
export const chartsScript = `(() => {
  const data = JSON.parse(document.getElementById('curves').textContent);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const charts = [];
  const width = (box) => Math.max(240, box.clientWidth);
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const number = (unit) => (plot, value) =>
    value == null ? '–' : unit === '%' ? value.toFixed(1) + ' %' : String(+value.toPrecision(4));

  function draw(box) {
    const { label, unit, curves } = data[box.dataset.chart];
    const scale = unit === '%' ? (v) => (v == null ? null : 100 * v) : (v) => v;
    const value = number(unit);
    const line = (name, stroke, column, more) => ({
      label: name, stroke: color(stroke), width: 2, spanGaps: true, value, ...more,
    });
    const axis = {
      stroke: color('--soft'), font: '12px system-ui, sans-serif',
      labelFont: '12px system-ui, sans-serif', labelSize: 18, labelGap: 0,
      grid: { stroke: color('--line'), width: 1 }, ticks: { stroke: color('--line'), width: 1 },
    };
    const few = curves.train.filter((v) => v != null).length <= 60;
    const firstX = curves.x[0];
    const lastX = curves.x[curves.x.length - 1] || 1;
    return new uPlot(
      {
        width: width(box),
        height: 300,
        cursor: { points: { size: 7 }, drag: { x: true, y: false } },
        scales: {
          x: { time: false, range: (plot, low, high) => (low <= firstX && high >= lastX ? [0, lastX] : [Math.max(0, low), Math.max(high, low + 0.01)]) },
          y: { range: (plot, low, high) => {
            if (low == null) return [0, 1];
            const pad = (high - low) * 0.08 || Math.abs(high) * 0.1 || 1;
            return [Math.max(0, low - pad), unit === '%' ? Math.min(100, high + pad) : high + pad];
          } },
        },
        axes: [
          { ...axis, label: 'epoch', size: 34, incrs: [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 500] },
          { ...axis, label: label + (unit ? ' (' + unit + ')' : ''), size: 46 },
        ],
        series: [
          { label: 'epoch', value: (plot, x) => (x == null ? '–' : String(+x.toFixed(2))) },
          line('training, by step', '--train-soft', 0, { width: 1, points: { show: false } }),
          line('training', '--train', 1, { points: { show: few, size: 6, fill: color('--train') } }),
          line('test', '--test', 2, { width: 2.5, points: { show: few, size: 7, fill: color('--test') } }),
        ],
      },
      [curves.x, ...[curves.steps, curves.train, curves.test].map((c) => c.map(scale))],
      box,
    );
  }

  function drawAll() {
    for (const { plot } of charts.splice(0)) plot.destroy();
    for (const box of document.querySelectorAll('[data-chart]')) charts.push({ box, plot: draw(box) });
  }

  drawAll();
  dark.addEventListener('change', drawAll);
  new ResizeObserver(() => {
    for (const { box, plot } of charts) {
      if (plot.width !== width(box)) plot.setSize({ width: width(box), height: 300 });
    }
  }).observe(document.querySelector('main'));
})();`;
