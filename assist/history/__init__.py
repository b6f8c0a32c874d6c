"""What Livecue itself remembers of a customer's earlier calls and of an agent's last hour, for the next call."""
