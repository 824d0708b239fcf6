"""What a bank's customers write about."""

from simulation.topics import Topic

BANKING = (
    Topic(
        "card_fraud",
        "Tarjeta de crédito",
        "Compra no reconocida",
        0.18,
        1.4,
        (0.05, 0.15, 0.8),
        (
            "No reconozco una compra de {amount} con mi tarjeta.",
            "Me clonaron la tarjeta y sacaron {amount} en {city}.",
            "Aparecen {days} transacciones que yo no hice.",
        ),
        "Bloqueamos la tarjeta y abonamos {amount} mientras avanza la investigación.",
    ),
    Topic(
        "fees",
        "Cuenta de ahorros",
        "Cobro de comisión",
        0.16,
        0.4,
        (0.1, 0.4, 0.5),
        (
            "Cobraron una cuota de manejo de {amount} que debía estar exonerada.",
            "Me descontaron {amount} por un retiro en cajero propio.",
            "No estoy de acuerdo con la comisión de {amount}.",
        ),
        "Devolvemos la comisión de {amount}; se refleja en dos días hábiles.",
    ),
    Topic(
        "app_down",
        "Banca móvil",
        "La aplicación no funciona",
        0.14,
        0.1,
        (0.15, 0.7, 0.15),
        (
            "La aplicación se cierra cuando intento transferir.",
            "Llevo {days} días sin poder entrar a la banca móvil.",
            "La clave dinámica no llega y no puedo pagar.",
        ),
        "Actualice la aplicación y vuelva a registrar el dispositivo.",
    ),
    Topic(
        "transfer",
        "Transferencias",
        "Transferencia no aplicada",
        0.14,
        0.9,
        (0.1, 0.3, 0.6),
        (
            "Hice una transferencia de {amount} y no llegó al destino.",
            "El dinero salió de mi cuenta hace {days} días y el pago figura rechazado.",
            "El cajero no entregó el dinero y descontó {amount}.",
        ),
        "La transferencia quedó aplicada; el comprobante está en sus movimientos.",
    ),
    Topic(
        "limit",
        "Tarjeta de crédito",
        "Aumento de cupo",
        0.12,
        -1.0,
        (0.92, 0.06, 0.02),
        (
            "Solicito estudiar el aumento de cupo de mi tarjeta.",
            "Quisiera saber los requisitos para un cupo de {amount}.",
            "Deseo una segunda tarjeta para un familiar.",
        ),
        "Su solicitud entra a estudio; la respuesta llega en cinco días hábiles.",
    ),
    Topic(
        "certificate",
        "Cuenta de ahorros",
        "Certificado o extracto",
        0.14,
        -1.6,
        (0.97, 0.02, 0.01),
        (
            "Necesito la certificación bancaria para un trámite.",
            "Por favor enviar el extracto del mes anterior.",
            "Solicito el certificado tributario.",
        ),
        "Adjuntamos el certificado; también está en la sección Documentos.",
    ),
    Topic(
        "queue",
        "Oficina",
        "Demora en oficina",
        0.12,
        0.0,
        (0.1, 0.85, 0.05),
        (
            "En la oficina de {city} había una sola caja y la fila fue de dos horas.",
            "El asesor me trató mal y no resolvió nada.",
            "Fui {days} veces a la oficina y siempre falta un documento.",
        ),
        "Lamentamos la demora; puede pedir turno desde la aplicación antes de ir.",
    ),
)
