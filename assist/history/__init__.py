"""What Livecue itself remembers of a customer: one record per closed call, and what the next call makes of them."""
