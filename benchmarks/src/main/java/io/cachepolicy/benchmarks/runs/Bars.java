package io.cachepolicy.benchmarks.runs;

import java.util.List;
import java.util.Map;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/**
 * Plots with a bar per name.
 */
final class Bars {

	private Bars() {
	}

	static CategoryChart of(String title, String unit, Map<String, Double> values) {
		CategoryChart chart = new CategoryChartBuilder().width(900).height(520).title(title).yAxisTitle(unit).build();
		chart.getStyler().setLabelsVisible(true);
		chart.getStyler().setDecimalPattern("#,##0.#");
		chart.getStyler().setXAxisLabelRotation(30);
		chart.getStyler().setPlotGridVerticalLinesVisible(false);
		chart.getStyler().setLegendVisible(false);
		chart.addSeries(unit, List.copyOf(values.keySet()), List.copyOf(values.values()));
		return chart;
	}

}
