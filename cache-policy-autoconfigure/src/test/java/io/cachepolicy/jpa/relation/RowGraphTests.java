package io.cachepolicy.jpa.relation;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RowGraph} (J5).
 */
class RowGraphTests {

	private final RowGraph graph = new RowGraph();

	private void add(String... way) {
		for (int i = 1; i < way.length; i++) {
			this.graph.add(way[i - 1], way[i]);
		}
	}

	@Test
	void rankIsLengthOfLongestWay() {
		add("a", "b", "c", "d");
		add("a", "d");
		assertThat(this.graph.rank("d")).isZero();
		assertThat(this.graph.rank("c")).isEqualTo(1);
		assertThat(this.graph.rank("a")).isEqualTo(3);
		assertThat(this.graph.rank("other")).isZero();
	}

	@Test
	void rankCountsCircleAsOnePlace() {
		add("a", "x", "y", "z", "x");
		add("y", "b");
		assertThat(this.graph.rank("b")).isZero();
		assertThat(this.graph.rank("x")).isEqualTo(1);
		assertThat(this.graph.rank("y")).isEqualTo(1);
		assertThat(this.graph.rank("z")).isEqualTo(1);
		assertThat(this.graph.rank("a")).isEqualTo(2);
	}

	@Test
	void reachesFollowsReferences() {
		add("a", "b", "c");
		add("t", "t");
		assertThat(this.graph.reaches("a", "c")).isTrue();
		assertThat(this.graph.reaches("c", "a")).isFalse();
		assertThat(this.graph.reaches("a", "a")).isFalse();
		assertThat(this.graph.reaches("t", "t")).isTrue();
	}

	@Test
	void addUnlessCircleLeavesRanksApart() {
		add("child", "parent");
		this.graph.addUnlessCircle("parent", "child");
		this.graph.addUnlessCircle("parent", "parent");
		this.graph.addUnlessCircle("parent", "other");
		assertThat(this.graph.reaches("parent", "parent")).isFalse();
		assertThat(this.graph.rank("parent")).isEqualTo(1);
		assertThat(this.graph.rank("child")).isEqualTo(2);
	}

}
