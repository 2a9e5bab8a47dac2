package io.cachepolicy.sample.accounts;

import io.cachepolicy.sample.AbstractSampleTests;
import org.junit.jupiter.api.Test;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;

class AccountTests extends AbstractSampleTests {

	@Test
	void openWritesRowAtOnce() {
		String account = open("Barbara", 0);
		assertThat(row(account)).containsEntry("owner", "Barbara").containsEntry("balance", 0.0);
	}

	@Test
	void depositWritesRowAtOnce() {
		String account = open("Barbara", 20);
		assertThat(row(account)).containsEntry("balance", 20.0).containsEntry("version", 1);
		assertThat(get(account)).bodyJson().extractingPath("$.balance").isEqualTo(20.0);
	}

	@Test
	void depositWhenNotPositiveIsRefused() {
		String account = open("Barbara", 0);
		assertThat(post(account + "/deposits", "{\"amount\": -1}")).hasStatus(HttpStatus.BAD_REQUEST);
	}

	@Test
	void readWhenCachedDoesNotAskTheTable() {
		String account = open("Barbara", 20);
		this.jdbc.sql("update account set owner = 'changed' where id = :id").param("id", id(account)).update();
		assertThat(get(account)).bodyJson().extractingPath("$.owner").isEqualTo("Barbara");
	}

	@Test
	void transferMovesTheAmount() {
		String from = open("Barbara", 20);
		String to = open("Dennis", 5);
		assertThat(transfer(from, to, 15)).isEqualTo(HttpStatus.NO_CONTENT.value());
		assertBalance(from, 5);
		assertBalance(to, 20);
	}

	@Test
	void transferWhenFundsAreInsufficientLeavesNoTrace() {
		String from = open("Barbara", 20);
		String to = open("Dennis", 5);
		assertThat(transfer(from, to, 21)).isEqualTo(HttpStatus.CONFLICT.value());
		assertBalance(from, 20);
		assertBalance(to, 5);
		assertThat(row(to)).containsEntry("version", 1);
	}

	@Test
	void transferWhenAccountIsMissingLeavesNoTrace() {
		String to = open("Dennis", 5);
		assertThat(transfer("/accounts/-1", to, 1)).isEqualTo(HttpStatus.NOT_FOUND.value());
		assertBalance(to, 5);
	}

	@Test
	void depositWhenRowWasChangedByAnotherIsAConflict() {
		String account = open("Barbara", 20);
		this.jdbc.sql("update account set version = version + 1 where id = :id").param("id", id(account)).update();
		assertThat(post(account + "/deposits", "{\"amount\": 1}")).hasStatus(HttpStatus.CONFLICT);
		assertThat(row(account)).containsEntry("balance", 20.0);
	}

	@Test
	void closeDeletesRowAtOnce() {
		String account = open("Barbara", 0);
		assertThat(delete(account)).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(get(account)).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(get(account + "/row")).hasStatus(HttpStatus.NOT_FOUND);
	}

	private String open(String owner, int balance) {
		int id = read(post("/accounts", "{\"owner\": \"%s\"}".formatted(owner)), "$.id");
		String account = "/accounts/" + id;
		if (balance > 0) {
			assertThat(post(account + "/deposits", "{\"amount\": %d}".formatted(balance))).hasStatusOk();
		}
		return account;
	}

	private int transfer(String from, String to, int amount) {
		return post("/transfers", "{\"from\": %d, \"to\": %d, \"amount\": %d}".formatted(id(from), id(to), amount))
			.getResponse()
			.getStatus();
	}

	private void assertBalance(String account, double balance) {
		assertThat(get(account)).bodyJson().extractingPath("$.balance").isEqualTo(balance);
		assertThat(row(account)).containsEntry("balance", balance);
	}

	private static long id(String account) {
		return Long.parseLong(account.substring("/accounts/".length()));
	}

}
