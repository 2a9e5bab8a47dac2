package io.cachepolicy.bypass;

import jakarta.persistence.Entity;

/**
 * A part of a hierarchy.
 */
@Entity
class Robot extends Machine {

	private int arms;

	protected Robot() {
	}

	Robot(long id, int price, int arms) {
		super(id, price);
		this.arms = arms;
	}

	int getArms() {
		return this.arms;
	}

	void setArms(int arms) {
		this.arms = arms;
	}

}
