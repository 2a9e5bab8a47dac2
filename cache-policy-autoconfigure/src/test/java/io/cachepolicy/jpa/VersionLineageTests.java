package io.cachepolicy.jpa;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VersionLineage} (J3).
 */
class VersionLineageTests {

	private final VersionLineage lineage = new VersionLineage();

	@Test
	void rebaseReturnsVersionWhenNothingIsKnown() {
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		assertThat(this.lineage.rebase("id", null)).isNull();
		assertThat(this.lineage.isKnown("id")).isFalse();
	}

	@Test
	void rebaseReturnsLastVersionWhenVersionIsInRange() {
		this.lineage.flushed("id", 3, 4);
		this.lineage.flushed("id", 4, 6);
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(6);
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(6);
		assertThat(this.lineage.rebase("id", 5)).isEqualTo(6);
	}

	@Test
	void rebaseReturnsVersionWhenItIsOutsideOfRange() {
		this.lineage.flushed("id", 3, 4);
		assertThat(this.lineage.rebase("id", 2)).isEqualTo(2);
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(4);
		assertThat(this.lineage.rebase("id", 5)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", null)).isNull();
		assertThat(this.lineage.rebase("other", 3)).isEqualTo(3);
	}

	@Test
	void rebaseIncludesInstancesWithoutVersionWhenRowWasInserted() {
		this.lineage.flushed("id", null, 0);
		this.lineage.flushed("id", 0, 1);
		assertThat(this.lineage.rebase("id", null)).isEqualTo(1);
		assertThat(this.lineage.rebase("id", 0)).isEqualTo(1);
	}

	@Test
	void flushedStartsAnewWhenRangeDoesNotEndAtVersion() {
		this.lineage.flushed("id", 3, 4);
		this.lineage.flushed("id", 7, 8);
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		assertThat(this.lineage.rebase("id", 7)).isEqualTo(8);
	}

	@Test
	void savedExtendsLineageButStartsNone() {
		this.lineage.saved("id", 3, 4);
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		this.lineage.flushed("id", 4, 5);
		this.lineage.saved("id", 5, 6);
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(6);
	}

	@Test
	void savedForgetsLineageWhenRangeDoesNotEndAtVersion() {
		this.lineage.flushed("id", 3, 4);
		this.lineage.saved("id", 5, 6);
		assertThat(this.lineage.isKnown("id")).isFalse();
	}

	@Test
	void deletedForgetsLineage() {
		this.lineage.flushed("id", 3, 4);
		this.lineage.deleted(List.of("id"));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
	}

	@Test
	void rebaseComparesVersionsOfAnyComparableType() {
		this.lineage.flushed("id", Instant.ofEpochSecond(1), Instant.ofEpochSecond(2));
		assertThat(this.lineage.rebase("id", Instant.ofEpochSecond(1))).isEqualTo(Instant.ofEpochSecond(2));
		byte[] version = { 1 };
		this.lineage.flushed("row", version, new byte[] { 2 });
		assertThat(this.lineage.rebase("row", version)).isSameAs(version);
	}

}
