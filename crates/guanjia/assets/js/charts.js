// Draws the charts of a page from the JSON beside each of them; the table under it says the same.
"use strict";
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(`--${name}`).trim();
const base = () => ({
  animation: false,
  textStyle: { fontFamily: style.getPropertyValue("--font"), color: colour("ink") },
  grid: { left: 8, right: 24, top: 32, bottom: 8, containLabel: true },
  tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: colour("surface"), borderColor: colour("line"), textStyle: { color: colour("ink") } },
});
const axis = (extra) => ({
  axisLine: { lineStyle: { color: colour("line-strong") } },
  axisTick: { show: false },
  axisLabel: { color: colour("ink-soft") },
  splitLine: { lineStyle: { color: colour("line") } },
  nameTextStyle: { color: colour("ink-soft") },
  ...extra,
});
// The name of a line at its end. What is done ends on or near what was planned: its name stands below, on the
// colour of the page.
const endLabel = (series) => ({
  show: true, formatter: series.name, color: colour("ink"), backgroundColor: colour("surface"), padding: [1, 3],
  offset: series.role === "plan" ? [0, 0] : [-6, 16],
});
const kinds = {
  // {categories, unit, series: [{name, values, role: "plan"|"actual"|"reference"}], target}
  bars: (data, place) => ({
    ...base(),
    grid: { ...base().grid, right: 56 },
    xAxis: axis({ type: "value", max: (value) => (data.target > value.max ? Math.ceil(data.target / 5) * 5 : null), name: data.unit === "%" ? "" : data.unit, nameLocation: "end", axisLabel: { color: colour("ink-soft"), hideOverlap: true, formatter: data.unit === "%" ? "{value}%" : undefined } }),
    yAxis: axis({ type: "category", data: data.categories, inverse: true, splitLine: { show: false }, axisLabel: { color: colour("ink-soft"), width: Math.round(place.clientWidth * 0.38), overflow: "break" } }),
    series: data.series.map((series, index) => ({
      name: series.name,
      type: "bar",
      data: series.values,
      barMaxWidth: 18,
      itemStyle: { color: series.role === "plan" ? colour("line-strong") : colour("accent") },
      label: { show: true, position: "right", color: colour("ink"), formatter: (point) => (index === 0 && data.series.length > 1 ? series.name + " " : "") + (point.value ?? "—") + (data.unit === "%" ? "%" : "") },
      markLine: index === 0 && data.target != null ? { silent: true, symbol: "none", lineStyle: { type: "dashed", color: colour("ink-faint") }, label: { formatter: data.target_words, color: colour("ink-soft"), position: "start" }, data: [{ xAxis: data.target }] } : undefined,
    })),
  }),
  // {unit, series: [{name, role, points: [[day, value]]}]}
  curve: (data) => ({
    ...base(),
    grid: { ...base().grid, right: 88 },
    xAxis: axis({ type: "time", splitLine: { show: false }, axisLabel: { color: colour("ink-soft"), hideOverlap: true } }),
    yAxis: axis({ type: "value", name: data.unit, min: 0 }),
    series: data.series.map((series) => ({
      name: series.name,
      type: "line",
      data: series.points,
      symbolSize: 7,
      lineStyle: { type: series.role === "plan" ? "dashed" : "solid", width: 2, color: series.role === "plan" ? colour("ink-faint") : colour("accent") },
      itemStyle: { color: series.role === "plan" ? colour("ink-faint") : colour("accent") },
      endLabel: endLabel(series),
    })),
  }),
  // {categories, unit, series: [{name, values, role}]}
  lines: (data) => ({
    ...base(),
    grid: { ...base().grid, right: 88 },
    xAxis: axis({ type: "category", data: data.categories, boundaryGap: false, splitLine: { show: false } }),
    yAxis: axis({ type: "value", name: data.unit, min: 0 }),
    series: data.series.map((series) => ({
      name: series.name,
      type: "line",
      data: series.values,
      connectNulls: false,
      symbolSize: 6,
      lineStyle: { type: series.role === "plan" ? "dashed" : "solid", width: 2, color: series.role === "plan" ? colour("ink-faint") : colour("accent") },
      itemStyle: { color: series.role === "plan" ? colour("ink-faint") : colour("accent") },
      endLabel: endLabel(series),
    })),
  }),
};
const drawn = [];
for (const place of document.querySelectorAll("[data-chart]")) {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.init(place, null, { renderer: "svg" });
  chart.setOption({ aria: { enabled: true, label: { description: place.getAttribute("aria-label") } }, ...kinds[data.kind](data, place) });
  drawn.push(chart);
}
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
// A4 between its margins; drawn at once, for the next frame comes after the paper.
const PAPER = { width: 640 };
addEventListener("beforeprint", () => drawn.forEach((chart) => { chart.resize(PAPER); chart.getZr().flush(); }));
addEventListener("afterprint", () => drawn.forEach((chart) => chart.resize({ width: "auto" })));
