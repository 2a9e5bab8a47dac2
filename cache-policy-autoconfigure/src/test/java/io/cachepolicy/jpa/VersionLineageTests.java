package io.cachepolicy.jpa;

import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VersionLineage} (J3).
 */
class VersionLineageTests {

	private final VersionLineage lineage = new VersionLineage();

	@Test
	void boundFollowsTheHeap() {
		assertThat(VersionLineage.bound(1L << 30)).isBetween(100_000L, 120_000L);
		assertThat(VersionLineage.bound(8L << 30)).isBetween(800_000L, 960_000L);
		assertThat(VersionLineage.bound(1L << 20)).isEqualTo(10_000);
	}

	@Test
	@DisplayName("G2: what is known is given back but for what is pending, and for a few rows that were used a moment ago")
	void forgetAllBut() {
		for (int id = 0; id < 5000; id++) {
			this.lineage.flushed(new VersionLineage.Step(id, 3, 4));
		}
		this.lineage.forgetAllBut(Set.of(7, 8));
		assertThat(this.lineage.rebase(7, 3)).isEqualTo(4);
		assertThat(this.lineage.rebase(8, 3)).isEqualTo(4);
		assertThat(this.lineage.size()).isBetween(1000L, 1002L);
	}

	@Test
	void rebaseReturnsVersionWhenNothingIsKnown() {
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		assertThat(this.lineage.rebase("id", null)).isNull();
		assertThat(this.lineage.isKnown("id")).isFalse();
	}

	@Test
	void rebaseReturnsLastVersionWhenVersionIsInRange() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.flushed(new VersionLineage.Step("id", 4, 6));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(6);
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(6);
		assertThat(this.lineage.rebase("id", 5)).isEqualTo(6);
	}

	@Test
	void rebaseReturnsVersionWhenItIsOutsideOfRange() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		assertThat(this.lineage.rebase("id", 2)).isEqualTo(2);
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(4);
		assertThat(this.lineage.rebase("id", 5)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", null)).isNull();
		assertThat(this.lineage.rebase("other", 3)).isEqualTo(3);
	}

	@Test
	void rebaseIncludesInstancesWithoutVersionWhenRowWasInserted() {
		this.lineage.flushed(new VersionLineage.Step("id", null, 0));
		this.lineage.flushed(new VersionLineage.Step("id", 0, 1));
		assertThat(this.lineage.rebase("id", null)).isEqualTo(1);
		assertThat(this.lineage.rebase("id", 0)).isEqualTo(1);
	}

	@Test
	void flushedStartsAnewWhenRangeDoesNotEndAtVersion() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.flushed(new VersionLineage.Step("id", 7, 8));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		assertThat(this.lineage.rebase("id", 7)).isEqualTo(8);
	}

	@Test
	void savedExtendsLineageButStartsNone() {
		this.lineage.saved(new VersionLineage.Step("id", 3, 4));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		this.lineage.flushed(new VersionLineage.Step("id", 4, 5));
		this.lineage.saved(new VersionLineage.Step("id", 5, 6));
		assertThat(this.lineage.rebase("id", 4)).isEqualTo(6);
	}

	@Test
	void savedForgetsLineageWhenRangeDoesNotEndAtVersion() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.saved(new VersionLineage.Step("id", 5, 6));
		assertThat(this.lineage.isKnown("id")).isFalse();
	}

	@Test
	void forgetForgetsLineage() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.forget(List.of("id"));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(3);
		assertThat(this.lineage.isGone("id", 3)).isFalse();
	}

	@Test
	void deletedRowIsGoneUntilItIsInserted() {
		assertThat(this.lineage.isGone("id", 3)).isFalse();
		this.lineage.deleted(List.of("id"));
		assertThat(this.lineage.isGone("id", 3)).isTrue();
		assertThat(this.lineage.isKnown("id")).isFalse();
		assertThat(this.lineage.rebase("id", null)).isNull();
		this.lineage.flushed(new VersionLineage.Step("id", null, 0));
		assertThat(this.lineage.isGone("id", 3)).isFalse();
		assertThat(this.lineage.isKnown("id")).isTrue();
	}

	@Test
	void rebaseIncludesVersionsOfBeforeTheDelete() {
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.deleted(List.of("id"));
		assertThat(this.lineage.isGone("id", 6)).isTrue();
		this.lineage.flushed(new VersionLineage.Step("id", null, 0));
		this.lineage.flushed(new VersionLineage.Step("id", 0, 1));
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(1);
		assertThat(this.lineage.rebase("id", 6)).isEqualTo(1);
		assertThat(this.lineage.rebase("id", 7)).isEqualTo(7);
		assertThat(this.lineage.rebase("id", null)).isEqualTo(1);
	}

	@Test
	void rebaseForSaveIncludesWhatWasFlushedSinceTheLastSave() {
		assertThat(this.lineage.rebaseForSave("id", 3)).isEqualTo(3);
		this.lineage.flushed(new VersionLineage.Step("id", 3, 4));
		this.lineage.flushed(new VersionLineage.Step("id", 4, 5));
		assertThat(this.lineage.rebaseForSave("id", 2)).isEqualTo(2);
		assertThat(this.lineage.rebaseForSave("id", 3)).isEqualTo(5);
		assertThat(this.lineage.rebaseForSave("id", null)).isNull();
		this.lineage.saved(new VersionLineage.Step("id", 5, 6));
		assertThat(this.lineage.rebaseForSave("id", 3)).isEqualTo(3);
		assertThat(this.lineage.rebaseForSave("id", 5)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(6);
		this.lineage.flushed(new VersionLineage.Step("id", 6, 7));
		assertThat(this.lineage.rebaseForSave("id", 5)).isEqualTo(5);
		assertThat(this.lineage.rebaseForSave("id", 6)).isEqualTo(7);
		this.lineage.overwritten("id", 6);
		assertThat(this.lineage.rebaseForSave("id", 6)).isEqualTo(6);
	}

	@Test
	void rebaseForSaveIncludesNewInstancesUntilTheRowIsSaved() {
		insertAndSave();
		this.lineage.deleted(List.of("id"));
		assertThat(this.lineage.rebaseForSave("id", null)).isNull();
		assertThat(this.lineage.rebaseForSave("id", 0)).isEqualTo(0);
		insertAndSave();
	}

	private void insertAndSave() {
		this.lineage.flushed(new VersionLineage.Step("id", null, 0));
		assertThat(this.lineage.rebaseForSave("id", null)).isEqualTo(0);
		this.lineage.saved(new VersionLineage.Step("id", 0, 1));
		assertThat(this.lineage.rebaseForSave("id", null)).isNull();
	}

	@Test
	void rebaseForSaveExcludesNewInstancesWhenFlushesDidNotInsertTheRow() {
		this.lineage.flushed(new VersionLineage.Step("met", 3, 4));
		assertThat(this.lineage.rebaseForSave("met", null)).isNull();
		this.lineage.deleted(List.of("saved"));
		this.lineage.saved(new VersionLineage.Step("saved", null, 0));
		this.lineage.flushed(new VersionLineage.Step("saved", 0, 1));
		assertThat(this.lineage.rebaseForSave("saved", null)).isNull();
		this.lineage.deleted(List.of("other"));
		this.lineage.flushed(new VersionLineage.Step("other", 5, 6));
		assertThat(this.lineage.rebaseForSave("other", null)).isNull();
	}

	@Test
	void overwrittenRowIncludesWhatTheWriteWasBasedOn() {
		this.lineage.overwritten("id", 3);
		assertThat(this.lineage.isKnown("id")).isFalse();
		this.lineage.flushed(new VersionLineage.Step("id", 4, 5));
		this.lineage.overwritten("id", null);
		assertThat(this.lineage.rebase("id", null)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", 3)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", 6)).isEqualTo(6);
		this.lineage.overwritten("id", 7);
		assertThat(this.lineage.rebase("id", 6)).isEqualTo(5);
		assertThat(this.lineage.rebase("id", 8)).isEqualTo(8);
	}

	@Test
	void rebaseComparesVersionsOfAnyComparableType() {
		this.lineage.flushed(new VersionLineage.Step("id", Instant.ofEpochSecond(1), Instant.ofEpochSecond(2)));
		assertThat(this.lineage.rebase("id", Instant.ofEpochSecond(1))).isEqualTo(Instant.ofEpochSecond(2));
		byte[] version = { 1 };
		this.lineage.flushed(new VersionLineage.Step("row", version, new byte[] { 2 }));
		assertThat(this.lineage.rebase("row", version)).isSameAs(version);
	}

}
