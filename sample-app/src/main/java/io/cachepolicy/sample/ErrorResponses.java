package io.cachepolicy.sample;

import io.cachepolicy.WriteRefusedException;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Turns what a cache or its store may answer to a write into HTTP.
 */
@RestControllerAdvice
class ErrorResponses {

	// The row was changed by another since it was read
	@ExceptionHandler
	ProblemDetail conflict(ConcurrencyFailureException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.CONFLICT, "Changed by another request, read it again");
	}

	@ExceptionHandler({ DataAccessResourceFailureException.class, CannotCreateTransactionException.class })
	ProblemDetail away(Exception ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, "The database is away");
	}

	// A write-back cache has no room for another pending write
	@ExceptionHandler
	ProblemDetail refused(WriteRefusedException ex) {
		return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE, ex.getMessage());
	}

}
