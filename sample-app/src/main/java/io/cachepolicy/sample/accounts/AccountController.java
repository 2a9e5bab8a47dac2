package io.cachepolicy.sample.accounts;

import java.math.BigDecimal;

import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
class AccountController {

	private final AccountService accounts;

	private final TransferService transfers;

	AccountController(AccountService accounts, TransferService transfers) {
		this.accounts = accounts;
		this.transfers = transfers;
	}

	@GetMapping("/accounts/{id}")
	ResponseEntity<AccountView> find(@PathVariable long id) {
		return ResponseEntity.of(this.accounts.find(id).map(AccountView::of));
	}

	@PostMapping("/accounts")
	@ResponseStatus(HttpStatus.CREATED)
	AccountView open(@RequestBody Opening opening) {
		return AccountView.of(this.accounts.open(opening.owner()));
	}

	@PostMapping("/accounts/{id}/deposits")
	ResponseEntity<AccountView> deposit(@PathVariable long id, @RequestBody Deposit deposit) {
		return ResponseEntity.of(this.accounts.find(id)
			.map((account) -> this.accounts.deposit(account, deposit.amount()))
			.map(AccountView::of));
	}

	@DeleteMapping("/accounts/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void close(@PathVariable long id) {
		this.accounts.close(id);
	}

	@PostMapping("/transfers")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void transfer(@RequestBody Transfer transfer) {
		this.transfers.transfer(transfer.from(), transfer.to(), transfer.amount());
	}

	@ExceptionHandler
	ProblemDetail insufficientFunds(InsufficientFundsException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, ex.getMessage());
	}

	@ExceptionHandler
	ProblemDetail noSuchAccount(NoSuchAccountException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.NOT_FOUND, ex.getMessage());
	}

	record AccountView(long id, String owner, BigDecimal balance) {

		static AccountView of(Account account) {
			return new AccountView(account.getId(), account.getOwner(), account.getBalance());
		}

	}

	record Opening(String owner) {

	}

	record Deposit(BigDecimal amount) {

		Deposit {
			Assert.isTrue(amount != null && amount.signum() > 0, "amount must be positive");
		}

	}

	record Transfer(long from, long to, BigDecimal amount) {

		Transfer {
			Assert.isTrue(amount != null && amount.signum() > 0, "amount must be positive");
		}

	}

}
