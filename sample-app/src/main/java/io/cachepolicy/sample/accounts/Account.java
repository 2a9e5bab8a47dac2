package io.cachepolicy.sample.accounts;

import java.math.BigDecimal;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Version;

@Entity
public class Account {

	@Id
	@GeneratedValue(strategy = GenerationType.IDENTITY)
	private Long id;

	private String owner;

	@Column(precision = 19, scale = 2)
	private BigDecimal balance;

	@Version
	private Long version;

	protected Account() {
	}

	Account(String owner) {
		this.owner = owner;
		this.balance = new BigDecimal("0.00");
	}

	void deposit(BigDecimal amount) {
		this.balance = this.balance.add(amount);
	}

	void withdraw(BigDecimal amount) {
		if (this.balance.compareTo(amount) < 0) {
			throw new InsufficientFundsException(this);
		}
		this.balance = this.balance.subtract(amount);
	}

	public Long getId() {
		return this.id;
	}

	public String getOwner() {
		return this.owner;
	}

	public BigDecimal getBalance() {
		return this.balance;
	}

}
